//! The emulator's own Entra issuer: tokens of users, of applications and of managed identities, with a key of its own.

use std::sync::{Arc, Mutex, PoisonError};

use acs_identity_protocol::claims::entra::{ACS_RESOURCE, TEAMS_PERMISSIONS};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::Duration;

use super::claims::MAX_LIFETIME_SECONDS;
use super::foreign_audiences::ForeignAudiences;
use crate::clock::{ServiceClock, machine};
use crate::core::refusal::{Refusal, Refused};
use crate::core::secrets::Secrets;
use crate::core::token_signer::TokenSigner;
use crate::log::Shown;
use crate::random::{self, NoRandom};
use crate::store::Caller;

/// The tenant of tokens for which no tenant is given.
pub const DEFAULT_TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";

pub(super) const DEFAULT_LIFETIME_SECONDS: i64 = 3600;

/// Applications and managed identities get tokens for a day, as recorded
/// (`tests/service/exchanges/recorded.json`).
const APPLICATION_LIFETIME_SECONDS: i64 = 86_399;

/// The claims of a user's token that is requested.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EntraTokenRequest {
    /// The user's object id.
    pub(crate) oid: String,
    /// The application that the token is issued to.
    pub(crate) appid: String,
    /// The tenant.
    #[serde(default)]
    pub(crate) tid: Option<String>,
    /// The audience.
    #[serde(default)]
    pub(crate) aud: Option<String>,
    /// The permissions.
    #[serde(default)]
    pub(crate) scopes: Option<Vec<String>>,
    /// The groups that the user belongs to.
    #[serde(default)]
    pub(crate) groups: Vec<String>,
    /// The lifetime in seconds; zero or less makes a token that has expired.
    #[serde(default, rename = "expiresIn")]
    pub(crate) expires_in: Option<i64>,
}

/// A token, in the words of RFC 6749.
#[derive(Clone, Default, Serialize)]
pub(crate) struct Grant {
    pub(crate) token_type: &'static str,
    pub(crate) expires_in: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ext_expires_in: Option<i64>,
    pub(crate) access_token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) client_info: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) scope: Option<String>,
}

/// Returns the audience of a scope such as `https://communication.azure.com//.default`.
pub(crate) fn audience_of(scope: &str) -> &str {
    scope.rsplit_once('/').map_or(scope, |(audience, _)| audience)
}

/// Returns an id that is unique among tokens and codes.
pub(super) fn unique_id() -> Result<String, NoRandom> {
    Ok(URL_SAFE_NO_PAD.encode(random::bytes::<16>()?))
}

/// Returns the expiry of a token in machine time. The verifier checks it where the token authenticates its caller.
fn machine_expiry(lifetime_seconds: i64) -> i64 {
    machine::now().unix_timestamp() + lifetime_seconds
}

/// Issues Entra tokens. Their times are those of the service's clock.
pub(crate) struct EntraIssuer {
    clock: ServiceClock,
    signer: Arc<TokenSigner>,
    secrets: Arc<Secrets>,
    foreign_audiences: Mutex<ForeignAudiences>,
}

impl EntraIssuer {
    pub(in crate::core) fn new(clock: ServiceClock, signer: Arc<TokenSigner>, secrets: Arc<Secrets>) -> Self {
        Self { clock, signer, secrets, foreign_audiences: Mutex::default() }
    }

    /// Signs claims with the key of the issuer.
    pub(super) async fn sign(&self, claims: &Value) -> Refused<String> {
        let key = self.signer.issuer_key().await?;
        self.signer.sign(&key, claims).await
    }

    /// Records in a token the access key with which it was requested. The token becomes invalid with that key.
    fn note_key(&self, claims: &mut Value, by: Caller) -> Refused<()> {
        if let Some(mark) = self.signer.mark_of(by)? {
            claims["emulator_key"] = mark.into();
        }
        Ok(())
    }

    /// Logs a warning about a token for another service, once for each audience.
    pub(super) fn warn_of_foreign(&self, audience: &str) {
        let mut foreign = self.foreign_audiences.lock().unwrap_or_else(PoisonError::into_inner);
        let warning = foreign.warning(audience);
        drop(foreign);
        if let Some(warning) = warning {
            let (audience, warning) = (self.secrets.without_any(audience), self.secrets.without_any(&warning));
            tracing::warn!(audience = %Shown(audience), "{}", Shown(warning));
        }
    }

    /// Issues a user's token as Entra would. A token that was requested with an access key becomes invalid with that
    /// key.
    pub(crate) async fn issue_user_token(&self, base: &str, request: EntraTokenRequest, by: Caller) -> Refused<Grant> {
        let now = self.clock.now();
        let expires_in = request.expires_in.unwrap_or(DEFAULT_LIFETIME_SECONDS);
        if !(-MAX_LIFETIME_SECONDS..=MAX_LIFETIME_SECONDS).contains(&expires_in) {
            return Err(Refusal::EntraLifetime { most_seconds: MAX_LIFETIME_SECONDS });
        }
        let lifetime = Duration::seconds(expires_in);
        let tid = request.tid.unwrap_or_else(|| DEFAULT_TENANT.into());
        let scopes = request.scopes.unwrap_or_else(|| TEAMS_PERMISSIONS.map(str::to_owned).to_vec());
        // A token that has already expired was issued before its expiry.
        let past = Duration::seconds(i64::from(expires_in <= 0));
        let issued = (now + lifetime.min(Duration::ZERO) - past).unix_timestamp();
        let mut claims = json!({
            "aud": request.aud.unwrap_or_else(|| ACS_RESOURCE.into()),
            "iss": format!("{base}/{tid}/v2.0"),
            "iat": issued,
            "nbf": issued,
            "exp": (now + lifetime).unix_timestamp(),
            "emulator_exp": machine_expiry(expires_in),
            "appid": request.appid,
            "appidacr": "0",
            "idtyp": "user",
            "oid": request.oid,
            "scp": scopes.join(" "),
            "sub": request.oid,
            "tid": tid,
            "uti": unique_id()?,
            "ver": "1.0",
        });
        if !request.groups.is_empty() {
            claims["groups"] = request.groups.into();
        }
        self.note_key(&mut claims, by)?;
        let access_token = self.sign(&claims).await?;
        Ok(Grant { token_type: "Bearer", expires_in, access_token, ..Grant::default() })
    }

    /// Issues the token of an application or a managed identity for that audience. A token that was requested with the
    /// secret of an access key becomes invalid with that key.
    pub(crate) async fn issue_application_token(
        &self,
        base: &str,
        tenant: &str,
        client: &str,
        audience: &str,
        by: Caller,
    ) -> Refused<Grant> {
        self.warn_of_foreign(audience);
        let now = self.clock.now().unix_timestamp();
        let mut claims = json!({
            "aud": audience,
            "iss": format!("{base}/{tenant}/v2.0"),
            "iat": now,
            "nbf": now,
            "exp": now + APPLICATION_LIFETIME_SECONDS,
            "emulator_exp": machine_expiry(APPLICATION_LIFETIME_SECONDS),
            "appid": client,
            "appidacr": "1",
            "idtyp": "app",
            "oid": client,
            "sub": client,
            "tid": tenant,
            "uti": unique_id()?,
            "ver": "1.0",
        });
        self.note_key(&mut claims, by)?;
        let access_token = self.sign(&claims).await?;
        Ok(Grant {
            token_type: "Bearer",
            expires_in: APPLICATION_LIFETIME_SECONDS,
            ext_expires_in: Some(APPLICATION_LIFETIME_SECONDS),
            access_token,
            ..Grant::default()
        })
    }
}
