//! The service without HTTP: identities, tokens, exchanges, revocation.

mod access;
mod access_keys;
mod device_codes;
mod entra;
mod foreign_audiences;
mod identities;
mod introspection;
mod open;
mod refusal;
mod settling;
mod signing_keys;
mod teams;
#[cfg(test)]
mod tests;

use std::sync::Mutex;

use acs_identity_protocol::api_version::ApiVersion;
use acs_identity_protocol::claims::{AccessTokenClaims, SCP_USER};
use acs_identity_protocol::models::AccessToken;
use acs_identity_protocol::raw_id::is_guid;
use acs_identity_protocol::scope::TokenScope;
use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use time::{Duration, OffsetDateTime};
use tokio::sync::Semaphore;

pub(crate) use access_keys::AccessKeys;
pub(crate) use device_codes::{DeviceCodes, SignInRefusal};
pub use entra::DEFAULT_TENANT;
pub(crate) use entra::{EntraTokenRequest, Grant, ManagementCaller, audience_of};
pub(crate) use open::described;
pub(crate) use refusal::Refusal;
pub(crate) use settling::settle_what_is_due;

use crate::clock::ServiceClock;
use crate::config::TrustedIssuer;
use crate::folder::Folder;
use crate::keys::signing::SigningKey;
use crate::store::{Failure, Store};
use signing_keys::SigningKeys;

/// The data location and region that tokens name. The emulator's own, so that nobody takes them for the cloud's.
const RESOURCE_LOCATION: &str = "unitedstates";
const REGION: &str = "amer";

const MIN_MINUTES: i64 = 60;
const MAX_MINUTES: i64 = 1440;

/// The service.
pub(crate) struct Core {
    pub(crate) store: Store,
    /// Dropped after the store: what locks the folder must outlive what is open in it.
    folder: Option<Folder>,
    /// Whether the folder was new, or of the version before.
    pub(crate) is_new: bool,
    /// The resource's immutable GUID, the first part of every id.
    pub(crate) resource_id: String,
    /// The keys that sign tokens, one for each way to authenticate: what an access key made ends with it.
    signing_keys: SigningKeys,
    /// One permit a core.
    signers: Semaphore,
    /// The access keys.
    pub(crate) access_keys: AccessKeys,
    issuers: Vec<TrustedIssuer>,
    revocation_delay: Duration,
    device_codes: Mutex<DeviceCodes>,
    foreign_audiences: Mutex<foreign_audiences::ForeignAudiences>,
    /// The time of the service.
    pub(crate) clock: ServiceClock,
    random: SystemRandom,
}

pub(crate) type Refused<T> = Result<T, Refusal>;

impl Core {
    /// The refusal of a request that the store did not carry out. One whose key is gone is refused as one with a wrong key.
    fn refusal(&self, failure: Failure) -> Refusal {
        match failure {
            Failure::KeyGone => {
                self.reload_keys();
                crate::log::warn("401: the access key was regenerated while the request was under way");
                Refusal::denied("Denied by the resource provider.")
            }
            Failure::Store(error) => Refusal::of_store(&error),
        }
    }

    /// Why nothing can be served now.
    pub(crate) fn unless_unready(&self) -> Refused<()> {
        match self.store.trouble() {
            Some(error) => Err(Refusal::of_store(&error)),
            None => self.store.snapshot(None, None).map(drop).map_err(|failure| self.refusal(failure)),
        }
    }

    fn random_bytes<const N: usize>(&self) -> Refused<[u8; N]> {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes).map_err(|_| Refusal::fault("no random numbers"))?;
        Ok(bytes)
    }

    /// Signs an access token for an identity of this resource, which was issued under that revocation.
    async fn sign_user_token(
        &self,
        key: &SigningKey,
        (user, revocation): (&str, i64),
        scopes: &[TokenScope],
        issued: OffsetDateTime,
        expires_on: OffsetDateTime,
    ) -> Refused<AccessToken> {
        let claims = AccessTokenClaims {
            skypeid: format!("acs:{}_{user}", self.resource_id),
            scp: SCP_USER,
            csi: issued.unix_timestamp().to_string(),
            exp: expires_on.unix_timestamp(),
            rgn: Some(REGION.into()),
            acs_scope: scopes.iter().map(TokenScope::as_str).collect::<Vec<_>>().join(","),
            resource_id: self.resource_id.clone(),
            resource_location: Some(RESOURCE_LOCATION.into()),
            iat: issued.unix_timestamp(),
            // A token without it counts as one of before the first revocation.
            revocation: (revocation != 0).then_some(revocation),
            ..AccessTokenClaims::default()
        };
        Ok(AccessToken::new(self.sign(key, &claims).await?, expires_on))
    }

    /// Signs on the thread that serves the connection: handing over to another one and back costs a tenth of a signature.
    /// One a core at a time, so that what needs no signature waits for a single one, not for all that were asked for.
    async fn sign(&self, key: &SigningKey, claims: &impl serde::Serialize) -> Refused<String> {
        let signed = {
            let _turn = self.signers.acquire().await.map_err(Refusal::fault)?;
            key.sign(claims).map_err(Refusal::fault)?
        };
        // Those that wait sign first: answers that leave together wake their client once.
        crate::store::yield_now().await;
        Ok(signed)
    }
}

/// Nanoseconds since 1970, as the store keeps times. One that is too early or too late stays early or late.
pub(crate) fn nanos(at: OffsetDateTime) -> i64 {
    let nanos = at.unix_timestamp_nanos();
    i64::try_from(nanos).unwrap_or(if nanos < 0 { i64::MIN } else { i64::MAX })
}

/// A field that must be there.
fn required<T>(value: Option<T>, name: &'static str) -> Refused<T> {
    value.ok_or_else(|| missing(name))
}

fn missing(name: &'static str) -> Refusal {
    Refusal::binding(format!("{name}: The {name} field is required."), Some(name))
}

/// A GUID, in lower case.
fn check_guid(value: &str, name: &str, target: &'static str) -> Refused<String> {
    if is_guid(value) {
        return Ok(value.to_ascii_lowercase());
    }
    Err(Refusal::validation(format!("Provided {name} has invalid format."), target))
}

/// The lifetime in minutes that a request asks for.
fn check_minutes(minutes: Option<i32>) -> Refused<i64> {
    let minutes = minutes.map_or(MAX_MINUTES, i64::from);
    if (MIN_MINUTES..=MAX_MINUTES).contains(&minutes) {
        return Ok(minutes);
    }
    Err(Refusal::validation(
        format!(
            "ExpiresInMinutes value {minutes} is invalid. Value must be within the [{MIN_MINUTES}, {MAX_MINUTES}] interval."
        ),
        "ExpiresInMinutes",
    ))
}

/// The scopes that a request asks for, each one once, in its order.
fn check_scopes(scopes: &[TokenScope], version: &ApiVersion) -> Refused<Vec<TokenScope>> {
    if scopes.is_empty() {
        return Err(Refusal::validation("Invalid scopes - Scopes field is required.", "scopes"));
    }
    let mut granted: Vec<TokenScope> = Vec::new();
    for scope in scopes {
        // `pstn` existed in the first preview only (docs/service.md, section 1).
        let known = (scope.is_known() && (version.join_scopes || !scope.is_join()))
            || (version.legacy && scope.as_str() == "pstn");
        if !known {
            return Err(Refusal::validation(format!("Invalid scopes - Scope '{scope}' is not supported."), "scopes"));
        }
        if !granted.contains(scope) {
            granted.push(scope.clone());
        }
    }
    Ok(granted)
}
