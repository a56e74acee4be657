//! The emulator's own Entra issuer: access tokens of users, with a key of its own.

use std::sync::Arc;

use acs_identity_protocol::claims::entra::{ACS_RESOURCE, TEAMS_PERMISSIONS, is_acs_audience};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::json;
use time::{Duration, OffsetDateTime};

use super::{Core, Refusal, Refused};

/// The tenant of tokens that name none.
pub(crate) const DEFAULT_TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";

const DEFAULT_LIFETIME_SECONDS: i64 = 3600;

/// What a token shall say.
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
    /// The lifetime in seconds; zero or less makes a token that has expired.
    #[serde(default, rename = "expiresIn")]
    pub(crate) expires_in: Option<i64>,
}

/// A token, in the words of RFC 6749.
#[derive(Clone, Serialize)]
pub(crate) struct EntraTokenResult {
    pub(crate) token_type: &'static str,
    pub(crate) expires_in: i64,
    pub(crate) access_token: String,
}

/// What the exchanges need of an Entra token.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct EntraClaims {
    #[serde(default)]
    aud: String,
    #[serde(default)]
    scp: String,
    #[serde(default)]
    pub(super) appid: String,
    #[serde(default)]
    pub(super) oid: String,
    #[serde(default)]
    pub(super) tid: String,
    #[serde(default)]
    pub(super) uti: Option<String>,
    #[serde(default)]
    pub(super) iat: i64,
    #[serde(default)]
    nbf: i64,
    #[serde(default)]
    pub(super) exp: i64,
}

impl Core {
    /// Issues a token as Entra would.
    pub(crate) async fn issue_entra_token(
        self: &Arc<Self>,
        base: &str,
        request: EntraTokenRequest,
    ) -> Refused<EntraTokenResult> {
        let now = OffsetDateTime::now_utc();
        let expires_in = request.expires_in.unwrap_or(DEFAULT_LIFETIME_SECONDS);
        let lifetime = Duration::seconds(expires_in.clamp(-86_400 * 365, 86_400 * 365));
        let tid = request.tid.unwrap_or_else(|| DEFAULT_TENANT.into());
        let scopes = request.scopes.unwrap_or_else(|| TEAMS_PERMISSIONS.map(str::to_owned).to_vec());
        let uti: [u8; 16] = self.random_bytes()?;
        // A token that has expired was issued before that.
        let issued =
            (now + lifetime.min(Duration::ZERO) - Duration::seconds(i64::from(expires_in <= 0))).unix_timestamp();
        let claims = json!({
            "aud": request.aud.unwrap_or_else(|| ACS_RESOURCE.into()),
            "iss": format!("{base}/{tid}/v2.0"),
            "iat": issued,
            "nbf": issued,
            "exp": (now + lifetime).unix_timestamp(),
            "appid": request.appid,
            "appidacr": "0",
            "idtyp": "user",
            "oid": request.oid,
            "scp": scopes.join(" "),
            "sub": request.oid,
            "tid": tid,
            "uti": URL_SAFE_NO_PAD.encode(uti),
            "ver": "1.0",
        });
        let core = Arc::clone(self);
        let access_token = tokio::task::spawn_blocking(move || core.entra_key()?.sign(&claims).map_err(Refusal::fault))
            .await
            .map_err(Refusal::fault)??;
        Ok(EntraTokenResult { token_type: "Bearer", expires_in, access_token })
    }

    /// The claims of a token of our issuer that is in force and was made for the exchange of Teams users.
    pub(super) fn verify_teams_token(&self, token: &str) -> Refused<EntraClaims> {
        let refuse = |why: &str| {
            crate::log::warn(&format!("the Entra token is refused: {why}"));
            Refusal::invalid_access_token()
        };
        let payload = self.entra_key()?.verify(token).ok_or_else(|| refuse("it was not signed by this emulator"))?;
        let claims: EntraClaims = serde_json::from_value(payload).map_err(|_| refuse("its claims are malformed"))?;
        let now = OffsetDateTime::now_utc().unix_timestamp();
        if claims.exp <= now {
            return Err(refuse("it has expired"));
        }
        if claims.nbf > now + 300 {
            return Err(refuse("it is not valid yet"));
        }
        if !is_acs_audience(&claims.aud) {
            return Err(refuse("its audience is not Azure Communication Services"));
        }
        // Permissions stand with or without the resource in front.
        let granted: Vec<&str> = claims.scp.split(' ').filter_map(|scope| scope.rsplit('/').next()).collect();
        if TEAMS_PERMISSIONS.iter().any(|permission| !granted.contains(permission)) {
            return Err(refuse("it lacks Teams.ManageCalls or Teams.ManageChats"));
        }
        Ok(claims)
    }
}
