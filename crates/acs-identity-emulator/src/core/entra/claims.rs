//! What is read of an Entra token.

use acs_identity_protocol::claims::entra::{ACS_CLIENTS_APPLICATION_ID, ACS_MANAGEMENT_RESOURCE, is_acs_audience};
use serde::Deserialize;
use time::{Duration, OffsetDateTime};

use crate::clock::machine;
use crate::core::faults::TokenFault;

/// Neither the tokens of Entra nor those of the service live longer than this.
pub(super) const MAX_LIFETIME_SECONDS: i64 = 1440 * 60;

/// The audience of the tokens of workloads that Entra exchanges.
pub(super) const TOKEN_EXCHANGE_AUDIENCE: &str = "api://AzureADTokenExchange";

/// Clocks may differ by this much, in seconds.
const LEEWAY: i64 = 300;

/// What an Entra token is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::core) enum Purpose {
    /// The exchange of Teams users.
    TeamsUser,
    /// The exchange of Teams extension users.
    TeamsExtension,
    /// The exchange of Entra users.
    Clients,
}

/// What is read of an Entra token.
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
    /// What version 2 of Entra's tokens has in place of `appid`.
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
    exp: i64,
    /// In our own tokens: the access key that got it.
    #[serde(default, rename = "emulator_key")]
    pub(super) key: Option<String>,
}

impl EntraClaims {
    /// The permissions, which may have a resource as their prefix. A permission for another resource than the token's does not
    /// count.
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

    /// When an access token expires that is issued now for this token. It lives as long as this token, but at most for the longest
    /// lifetime. The fraction of the second is that of `now`.
    pub(in crate::core) fn expires_on(&self, now: OffsetDateTime) -> OffsetDateTime {
        now + Duration::seconds(self.exp.saturating_sub(machine::now().unix_timestamp()).min(MAX_LIFETIME_SECONDS))
    }

    /// The same claims with GUIDs in lower case, as the store keeps them.
    pub(super) fn in_lower_case(mut self) -> Self {
        let guids = [&mut self.oid, &mut self.tid].into_iter().chain(&mut self.groups);
        guids.for_each(|guid| guid.make_ascii_lowercase());
        self
    }

    /// Refuses a token that is not in force now.
    pub(super) fn check_times(&self) -> Result<(), TokenFault> {
        let now = machine::now().unix_timestamp();
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
