//! The claims of an Entra token.

use acs_identity_protocol::claims::entra::{ACS_CLIENTS_APPLICATION_ID, ACS_MANAGEMENT_RESOURCE, is_acs_audience};
use serde::Deserialize;
use time::{Duration, OffsetDateTime};

use crate::core::faults::TokenFault;

/// The longest lifetime of Entra tokens and of tokens of the service.
pub(super) const MAX_LIFETIME_SECONDS: i64 = 1440 * 60;

/// The audience of the workload tokens that Entra exchanges.
pub(super) const TOKEN_EXCHANGE_AUDIENCE: &str = "api://AzureADTokenExchange";

/// A token is accepted this many seconds before it becomes valid, because clocks differ. Its expiry has no leeway.
const LEEWAY: i64 = 300;

/// The purpose of an Entra token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::core) enum Purpose {
    /// The exchange of Teams users.
    TeamsUser,
    /// The exchange of Teams extension users.
    TeamsExtension,
    /// The exchange of Entra users.
    Clients,
}

/// The claims of an Entra token that the emulator reads.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::core) struct EntraClaims {
    #[serde(default)]
    pub(super) aud: String,
    #[serde(default)]
    pub(super) scp: String,
    #[serde(default)]
    pub(super) idtyp: String,
    #[serde(default)]
    pub(in crate::core) appid: String,
    /// The claim that replaces `appid` in version 2 of Entra's tokens.
    #[serde(default)]
    pub(super) azp: String,
    #[serde(default)]
    pub(in crate::core) oid: String,
    #[serde(default)]
    pub(in crate::core) tid: String,
    #[serde(default)]
    pub(in crate::core) groups: Vec<String>,
    #[serde(default)]
    pub(in crate::core) uti: Option<String>,
    #[serde(default)]
    pub(in crate::core) iat: i64,
    #[serde(default)]
    nbf: i64,
    #[serde(default)]
    pub(super) exp: i64,
    /// The mark of the access key with which one of the emulator's own tokens was requested.
    #[serde(default, rename = "emulator_key")]
    pub(super) key: Option<String>,
    /// The expiry of one of the emulator's own tokens in machine time. `exp` is in service time.
    #[serde(default, rename = "emulator_exp")]
    pub(super) machine_exp: Option<i64>,
}

impl EntraClaims {
    /// Returns the permissions, which may have a resource as their prefix. A permission for a resource other than the
    /// token's audience does not count.
    pub(in crate::core) fn permissions(&self) -> impl Iterator<Item = &str> {
        let audience = self.aud.trim_end_matches('/');
        let is_for_audience = move |resource: &str| {
            let resource = resource.trim_end_matches('/');
            resource.eq_ignore_ascii_case(audience) || (is_acs_audience(resource) && is_acs_audience(audience))
        };
        self.scp.split(' ').filter_map(move |scope| match scope.rsplit_once('/') {
            None => Some(scope),
            Some((resource, permission)) => is_for_audience(resource).then_some(permission),
        })
    }

    pub(super) fn has(&self, permission: &str) -> bool {
        self.permissions().any(|granted| granted == permission)
    }

    /// Returns the lifetime of an access token that is issued at that time for this token: as long as this token, but
    /// at most the longest lifetime.
    pub(in crate::core) fn lifetime(&self, now: OffsetDateTime) -> Duration {
        Duration::seconds(self.exp.saturating_sub(now.unix_timestamp()).min(MAX_LIFETIME_SECONDS))
    }

    /// Returns the same claims with GUIDs in lower case, as the store keeps them.
    pub(super) fn in_lower_case(mut self) -> Self {
        let guids = [&mut self.oid, &mut self.tid].into_iter().chain(&mut self.groups);
        guids.for_each(|guid| guid.make_ascii_lowercase());
        self
    }

    /// Refuses a token of the emulator that authenticates its caller, if it has expired by the machine's clock. Clients
    /// keep such a token for its lifetime, and do not learn that the service's clock was set. Tokens of earlier
    /// versions have no expiry but `exp`, which was in machine time.
    pub(super) fn check_own_of_caller(&self, machine: OffsetDateTime) -> Result<(), TokenFault> {
        let is_expired = |exp| exp <= machine.unix_timestamp();
        match self.machine_exp {
            Some(exp) if is_expired(exp) => Err(TokenFault::Expired),
            Some(_) => Ok(()),
            None => self.check_times(machine),
        }
    }

    /// Refuses a token that is not in force at that time.
    pub(super) fn check_times(&self, now: OffsetDateTime) -> Result<(), TokenFault> {
        let now = now.unix_timestamp();
        if self.exp <= now {
            return Err(TokenFault::Expired);
        }
        if self.nbf > now + LEEWAY { Err(TokenFault::NotYetValid) } else { Ok(()) }
    }
}

pub(super) fn is_management_audience(audience: &str) -> bool {
    audience.trim_end_matches('/').eq_ignore_ascii_case(ACS_MANAGEMENT_RESOURCE)
}

pub(super) fn is_clients_audience(audience: &str) -> bool {
    audience == ACS_CLIENTS_APPLICATION_ID
        || audience.eq_ignore_ascii_case(&format!("{ACS_MANAGEMENT_RESOURCE}/clients"))
}
