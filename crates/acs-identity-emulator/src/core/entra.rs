//! The emulator's own Entra issuer: tokens of users, of applications and of managed identities, with a key of its own.

use std::sync::PoisonError;

use acs_identity_protocol::claims::entra::{
    ACS_CLIENTS_APPLICATION_ID, ACS_MANAGEMENT_RESOURCE, ACS_RESOURCE, TEAMS_EXTENSION_PERMISSION, TEAMS_PERMISSIONS,
    is_acs_audience,
};
use acs_identity_protocol::jwt::UnverifiedJwt;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::access_keys::mark_of;
use super::device_codes::{Consent, LIFETIME, SignInRefusal};
use super::{Core, MAX_MINUTES, Refusal, Refused};
use crate::clock::machine;
use crate::config::ANY_TENANT;
use crate::keys::signing::verify_with_jwks;
use crate::store::Caller;

/// The tenant of tokens that name none.
pub const DEFAULT_TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";

/// The user who signs in where nobody can: by device code.
pub(crate) const DEFAULT_USER: &str = "11111111-1111-1111-1111-111111111111";

const DEFAULT_LIFETIME_SECONDS: i64 = 3600;

/// None of Entra's access tokens lives longer.
const MAX_LIFETIME_SECONDS: i64 = 1440 * 60;

/// Applications and managed identities get tokens for a day, as recorded (docs/service.md, section 2.2; exchanges.json).
const APPLICATION_LIFETIME_SECONDS: i64 = 86_399;

/// For whom the token of a workload is meant that Entra exchanges.
pub(super) const TOKEN_EXCHANGE_AUDIENCE: &str = "api://AzureADTokenExchange";

/// Clocks may differ by this much, in seconds.
const LEEWAY: i64 = 300;

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

/// Who calls with an Entra token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ManagementCaller {
    /// The tenant of the token.
    pub(crate) tenant: String,
    /// Whether the token was issued to an application itself, and not to a user of it.
    pub(crate) is_application: bool,
    /// The application that the token was issued to.
    pub(crate) application: String,
    /// Whether the token is one of our own issuer, which anybody on this machine gets for the asking.
    pub(crate) is_own: bool,
}

/// What an Entra token is to be good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The exchange of Teams users.
    TeamsUser,
    /// The exchange of Teams extension users.
    TeamsExtension,
    /// The exchange of Entra users.
    Clients,
}

/// What is read of an Entra token.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct EntraClaims {
    #[serde(default)]
    aud: String,
    #[serde(default)]
    scp: String,
    #[serde(default)]
    idtyp: String,
    #[serde(default)]
    pub(super) appid: String,
    /// What version 2 of Entra's tokens has in place of `appid`.
    #[serde(default)]
    azp: String,
    #[serde(default)]
    pub(super) oid: String,
    #[serde(default)]
    pub(super) tid: String,
    #[serde(default)]
    pub(super) groups: Vec<String>,
    #[serde(default)]
    pub(super) uti: Option<String>,
    #[serde(default)]
    pub(super) iat: i64,
    #[serde(default)]
    nbf: i64,
    #[serde(default)]
    pub(super) exp: i64,
    /// In our own tokens: the access key that got it.
    #[serde(default, rename = "emulator_key")]
    key: Option<String>,
}

impl EntraClaims {
    /// The permissions; they stand with or without the resource in front. Those for another resource than the token's do not
    /// count.
    pub(super) fn permissions(&self) -> impl Iterator<Item = &str> {
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

    fn has(&self, permission: &str) -> bool {
        self.permissions().any(|granted| granted == permission)
    }

    /// When a token ends that lives as long, to the fraction of a second of `now`, but no longer than any of ours.
    pub(super) fn expires_on(&self, now: OffsetDateTime) -> OffsetDateTime {
        now + Duration::seconds(self.exp.saturating_sub(machine::now().unix_timestamp()).min(MAX_MINUTES * 60))
    }

    /// With its GUIDs in lower case, as ours are.
    pub(super) fn in_lower_case(mut self) -> Self {
        let guids = [&mut self.oid, &mut self.tid].into_iter().chain(&mut self.groups);
        guids.for_each(|guid| guid.make_ascii_lowercase());
        self
    }

    /// Why the token is not in force now.
    fn out_of_force(&self) -> Option<&'static str> {
        let now = machine::now().unix_timestamp();
        if self.exp <= now {
            return Some("it has expired");
        }
        (self.nbf > now + LEEWAY).then_some("it is not valid yet")
    }
}

/// The audience of a scope such as `https://communication.azure.com//.default`.
pub(crate) fn audience_of(scope: &str) -> &str {
    scope.rsplit_once('/').map_or(scope, |(audience, _)| audience)
}

/// The permission of a scope such as `https://auth.msft.communication.azure.com/Teams.ManageCalls`.
fn permission_of(scope: &str) -> &str {
    scope.rsplit_once('/').map_or(scope, |(_, permission)| permission)
}

/// Whether a token looks like one that the service issues to a user.
fn is_user_token(token: &str) -> bool {
    UnverifiedJwt::decode(token).is_ok_and(|jwt| jwt.claim_str("skypeid").is_some())
}

pub(super) fn is_management_audience(audience: &str) -> bool {
    audience.trim_end_matches('/').eq_ignore_ascii_case(ACS_MANAGEMENT_RESOURCE)
}

pub(super) fn is_clients_audience(audience: &str) -> bool {
    audience == ACS_CLIENTS_APPLICATION_ID
        || audience.eq_ignore_ascii_case(&format!("{ACS_MANAGEMENT_RESOURCE}/clients"))
}

/// Notes in a token which access key got it: it ends with that key.
fn note_key(claims: &mut Value, by: Caller) {
    if let Caller::Key { slot, generation } = by {
        claims["emulator_key"] = mark_of(slot, generation).into();
    }
}

impl Core {
    async fn sign_entra(&self, claims: Value) -> Refused<String> {
        let key = self.issuer_key().await?;
        self.sign(&key, &claims).await
    }

    /// Says that a token is for another service than this one, once for each.
    fn warn_of_foreign(&self, audience: &str) {
        let warning = self.foreign_audiences.lock().unwrap_or_else(PoisonError::into_inner).warning(audience);
        if let Some(warning) = warning {
            crate::log::warn(&warning);
        }
    }

    fn unique_id(&self) -> Refused<String> {
        let bytes: [u8; 16] = self.random_bytes()?;
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Issues a user's token as Entra would. One that an access key gets ends with the key.
    pub(crate) async fn issue_entra_token(&self, base: &str, request: EntraTokenRequest, by: Caller) -> Refused<Grant> {
        let now = machine::now();
        let expires_in = request.expires_in.unwrap_or(DEFAULT_LIFETIME_SECONDS);
        if !(-MAX_LIFETIME_SECONDS..=MAX_LIFETIME_SECONDS).contains(&expires_in) {
            let message = format!("ExpiresIn: The value must be within ±{MAX_LIFETIME_SECONDS} seconds.");
            return Err(Refusal::binding(message, Some("ExpiresIn")));
        }
        let lifetime = Duration::seconds(expires_in);
        let tid = request.tid.unwrap_or_else(|| DEFAULT_TENANT.into());
        let scopes = request.scopes.unwrap_or_else(|| TEAMS_PERMISSIONS.map(str::to_owned).to_vec());
        // A token that has expired was issued before that.
        let past = Duration::seconds(i64::from(expires_in <= 0));
        let issued = (now + lifetime.min(Duration::ZERO) - past).unix_timestamp();
        let mut claims = json!({
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
            "uti": self.unique_id()?,
            "ver": "1.0",
        });
        if !request.groups.is_empty() {
            claims["groups"] = request.groups.into();
        }
        note_key(&mut claims, by);
        let access_token = self.sign_entra(claims).await?;
        Ok(Grant { token_type: "Bearer", expires_in, access_token, ..Grant::default() })
    }

    /// Issues a token of an application or a managed identity for that audience. One that the secret of an access key gets ends
    /// with the key.
    pub(crate) async fn issue_application_token(
        &self,
        base: &str,
        tenant: &str,
        client: &str,
        audience: &str,
        by: Caller,
    ) -> Refused<Grant> {
        self.warn_of_foreign(audience);
        let now = machine::now().unix_timestamp();
        let mut claims = json!({
            "aud": audience,
            "iss": format!("{base}/{tenant}/v2.0"),
            "iat": now,
            "nbf": now,
            "exp": now + APPLICATION_LIFETIME_SECONDS,
            "appid": client,
            "appidacr": "1",
            "idtyp": "app",
            "oid": client,
            "sub": client,
            "tid": tenant,
            "uti": self.unique_id()?,
            "ver": "1.0",
        });
        note_key(&mut claims, by);
        let access_token = self.sign_entra(claims).await?;
        Ok(Grant {
            token_type: "Bearer",
            expires_in: APPLICATION_LIFETIME_SECONDS,
            ext_expires_in: Some(APPLICATION_LIFETIME_SECONDS),
            access_token,
            ..Grant::default()
        })
    }

    /// Begins a sign-in by device code: the code, and how long it is good.
    pub(crate) fn begin_device_login(
        &self,
        tenant: &str,
        client: &str,
        scope: &str,
    ) -> Refused<Result<(String, i64), SignInRefusal>> {
        let code = self.unique_id()?;
        let now = self.clock.now().unix_timestamp();
        let consent =
            Consent { tenant: tenant.into(), client: client.into(), scope: scope.into(), until: now + LIFETIME };
        let mut codes = self.device_codes.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(codes.add(code.clone(), consent, now).map(|()| (code, LIFETIME)))
    }

    /// Ends a sign-in by device code. Nobody has to type it: the default user consents at once.
    pub(crate) async fn end_device_login(
        &self,
        base: &str,
        tenant: &str,
        client: &str,
        code: &str,
    ) -> Refused<Result<Grant, SignInRefusal>> {
        let at = self.clock.now().unix_timestamp();
        let taken = self.device_codes.lock().unwrap_or_else(PoisonError::into_inner).take(code, client, tenant, at);
        let consent = match taken {
            Ok(consent) => consent,
            Err(refusal) => return Ok(Err(refusal)),
        };
        const OPENID: [&str; 4] = ["openid", "profile", "offline_access", "email"];
        let scopes: Vec<&str> = consent.scope.split(' ').filter(|scope| !OPENID.contains(scope)).collect();
        let audience = scopes.first().map_or(ACS_RESOURCE, |scope| audience_of(scope));
        self.warn_of_foreign(audience);
        let permissions = scopes.iter().map(|scope| permission_of(scope).to_owned()).collect();
        let tid = if tenant.len() == 36 { tenant } else { DEFAULT_TENANT };
        let request = EntraTokenRequest {
            oid: DEFAULT_USER.into(),
            appid: client.into(),
            tid: Some(tid.into()),
            aud: Some(audience.into()),
            scopes: Some(permissions),
            ..EntraTokenRequest::default()
        };
        let grant = self.issue_entra_token(base, request, Caller::Entra).await?;
        let now = machine::now().unix_timestamp();
        let id_token = self
            .sign_entra(json!({
                "aud": client, "iss": format!("{base}/{tid}/v2.0"), "iat": now, "nbf": now,
                "exp": now + DEFAULT_LIFETIME_SECONDS, "oid": DEFAULT_USER, "sub": DEFAULT_USER, "tid": tid,
                "preferred_username": "user@emulator", "name": "Emulator user", "ver": "2.0",
            }))
            .await?;
        let client_info = json!({"uid": DEFAULT_USER, "utid": tid}).to_string();
        Ok(Ok(Grant {
            id_token: Some(id_token),
            client_info: Some(URL_SAFE_NO_PAD.encode(client_info)),
            scope: Some(consent.scope),
            ..grant
        }))
    }

    /// The claims of a token of our issuer, or of one that is trusted, and whether it is ours. By whatever name a client has
    /// reached our issuer, its key is what counts.
    fn trusted_claims(&self, token: &str) -> Refused<Option<(Value, bool)>> {
        let own = self.existing_issuer_key()?.and_then(|key| key.verify(token)).map(|claims| (claims, true));
        Ok(own.or_else(|| self.verify_foreign(token).map(|claims| (claims, false))))
    }

    /// Why a token is not in force now. One of our own that an access key got ends with that key.
    fn out_of_force(&self, claims: &EntraClaims, is_own: bool) -> Option<&'static str> {
        let key = claims.key.as_deref().filter(|_| is_own);
        let is_regenerated = key.is_some_and(|key| self.access_keys.marked(key).is_none());
        claims.out_of_force().or(is_regenerated.then_some("the access key that got it was regenerated"))
    }

    /// Whether a token vouches for a workload (its federated token), or why not: it must be in force, meant for that, and
    /// signed by our issuer or one that is trusted. Of whom it speaks is not looked at. What it gets ends with the key that
    /// got the token.
    pub(crate) fn check_assertion(&self, token: &str) -> Refused<Result<Caller, &'static str>> {
        let Some((claims, is_own)) = self.trusted_claims(token)? else {
            return Ok(Err("it was signed by no issuer that is trusted"));
        };
        let Ok(claims) = serde_json::from_value::<EntraClaims>(claims) else {
            return Ok(Err("its claims are malformed"));
        };
        if !claims.aud.eq_ignore_ascii_case(TOKEN_EXCHANGE_AUDIENCE) {
            return Ok(Err("its audience is not api://AzureADTokenExchange"));
        }
        if let Some(why) = self.out_of_force(&claims, is_own) {
            return Ok(Err(why));
        }
        let key = claims.key.filter(|_| is_own).and_then(|key| self.access_keys.marked(&key));
        Ok(Ok(key.unwrap_or(Caller::Entra)))
    }

    /// Checks a token that authenticates a management call: who calls, or why it does not.
    pub(crate) fn check_management_token(&self, token: &str) -> Refused<Result<ManagementCaller, String>> {
        let Some((claims, is_own)) = self.trusted_claims(token)? else {
            return Ok(Err(if is_user_token(token) {
                "this is an access token of a Communication Services user, for chat and calling; the emulator serves the \
                 Identity service only, which takes an access key or an Entra token"
                    .into()
            } else {
                "the Entra token was signed by no issuer that is trusted".into()
            }));
        };
        let Ok(claims) = serde_json::from_value::<EntraClaims>(claims) else {
            return Ok(Err("the claims of the Entra token are malformed".into()));
        };
        if let Some(why) = self.out_of_force(&claims, is_own) {
            return Ok(Err(format!("the Entra token: {why}")));
        }
        if !is_management_audience(&claims.aud) {
            return Ok(Err(format!("the Entra token is for '{}', not for {ACS_MANAGEMENT_RESOURCE}/", claims.aud)));
        }
        let application = if claims.appid.is_empty() { claims.azp } else { claims.appid };
        // Without the optional claim idtyp, a user's token is told by its permissions.
        let is_application = claims.scp.is_empty() && matches!(&*claims.idtyp, "" | "app");
        Ok(Ok(ManagementCaller { tenant: claims.tid, is_application, application, is_own }))
    }

    /// The claims of a token of an issuer that the configuration trusts.
    fn verify_foreign(&self, token: &str) -> Option<Value> {
        self.issuers.iter().find_map(|issuer| {
            let claims = verify_with_jwks(token, &issuer.jwks)?;
            let tenant = claims.get("tid").and_then(Value::as_str).unwrap_or_default();
            if issuer.is_of_all_tenants() && tenant.is_empty() {
                return None;
            }
            let expected = issuer.issuer.replace(ANY_TENANT, tenant);
            (claims.get("iss").and_then(Value::as_str) == Some(&expected)).then_some(claims)
        })
    }

    /// The claims of a token of our issuer that is in force and good for that purpose.
    pub(super) fn verify_entra_token(&self, token: &str, purpose: Purpose) -> Refused<EntraClaims> {
        let refuse = |why: &str| {
            crate::log::warn(&format!("the Entra token is refused: {why}"));
            Refusal::invalid_access_token()
        };
        let payload = self.existing_issuer_key()?.and_then(|key| key.verify(token));
        let payload = payload.ok_or_else(|| {
            let is_jwt = UnverifiedJwt::decode(token).is_ok();
            refuse(if is_jwt { "it was not signed by this emulator" } else { "it is not a JWT" })
        })?;
        let claims: EntraClaims = serde_json::from_value(payload).map_err(|_| refuse("its claims are malformed"))?;
        if let Some(why) = self.out_of_force(&claims, true) {
            return Err(refuse(why));
        }
        let audience = claims.aud.trim_end_matches('/');
        let (fits, needed): (bool, &[&str]) = match purpose {
            Purpose::TeamsUser => (is_acs_audience(audience), &TEAMS_PERMISSIONS),
            Purpose::TeamsExtension => (is_acs_audience(audience), &[TEAMS_EXTENSION_PERMISSION]),
            Purpose::Clients => (is_clients_audience(audience), &[]),
        };
        if !fits {
            return Err(refuse(&format!("its audience '{}' is not one of this exchange", claims.aud)));
        }
        if let Some(missing) = needed.iter().find(|permission| !claims.has(permission)) {
            return Err(refuse(&format!("it lacks the permission {missing}")));
        }
        Ok(claims)
    }
}
