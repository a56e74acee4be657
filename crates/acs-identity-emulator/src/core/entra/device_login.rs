//! Sign-in by device code. The code need not be entered: the default user consents immediately.

use std::sync::{Arc, Mutex, PoisonError};

use acs_identity_protocol::claims::entra::ACS_RESOURCE;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::device_codes::{Consent, DeviceCodes, LIFETIME};
use super::issuer::{
    DEFAULT_LIFETIME_SECONDS, DEFAULT_TENANT, EntraIssuer, EntraTokenRequest, Grant, audience_of, unique_id,
};
use crate::clock::{ServiceClock, machine};
use crate::core::refusal::{Refusal, Refused};
use crate::store::Caller;

/// The user who signs in.
const DEFAULT_USER: &str = "11111111-1111-1111-1111-111111111111";

/// Scopes that ask for other tokens than an access token.
const OPENID: [&str; 4] = ["openid", "profile", "offline_access", "email"];

/// Sign-ins by device code.
pub(crate) struct DeviceLogins {
    clock: ServiceClock,
    issuer: Arc<EntraIssuer>,
    codes: Mutex<DeviceCodes>,
}

/// Returns the permission of a scope such as `https://auth.msft.communication.azure.com/Teams.ManageCalls`.
fn permission_of(scope: &str) -> &str {
    scope.rsplit_once('/').map_or(scope, |(_, permission)| permission)
}

impl DeviceLogins {
    pub(in crate::core) fn new(clock: ServiceClock, issuer: Arc<EntraIssuer>) -> Self {
        Self { clock, issuer, codes: Mutex::default() }
    }

    /// Begins a sign-in. Returns the code and its lifetime in seconds.
    pub(crate) fn begin(&self, tenant: &str, client: &str, scope: &str) -> Refused<(String, i64)> {
        let code = unique_id()?;
        let now = self.clock.now().unix_timestamp();
        let consent =
            Consent { tenant: tenant.into(), client: client.into(), scope: scope.into(), until: now + LIFETIME };
        let mut codes = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
        codes.add(code.clone(), consent, now).map_err(Refusal::SignIn)?;
        Ok((code, LIFETIME))
    }

    /// Ends a sign-in. Returns the tokens of the default user.
    pub(crate) async fn end(&self, base: &str, tenant: &str, client: &str, code: &str) -> Refused<Grant> {
        let consent = self.take(tenant, client, code)?;
        let scopes: Vec<&str> = consent.scope.split(' ').filter(|scope| !OPENID.contains(scope)).collect();
        let audience = scopes.first().map_or(ACS_RESOURCE, |scope| audience_of(scope));
        self.issuer.warn_of_foreign(audience);
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
        let grant = self.issuer.issue_user_token(base, request, Caller::Entra).await?;
        // The client checks its id token by its own clock.
        let now = machine::now().unix_timestamp();
        let id_token = json!({
            "aud": client, "iss": format!("{base}/{tid}/v2.0"), "iat": now, "nbf": now,
            "exp": now + DEFAULT_LIFETIME_SECONDS, "oid": DEFAULT_USER, "sub": DEFAULT_USER, "tid": tid,
            "preferred_username": "user@emulator", "name": "Emulator user", "ver": "2.0",
        });
        let client_info = json!({"uid": DEFAULT_USER, "utid": tid}).to_string();
        Ok(Grant {
            id_token: Some(self.issuer.sign(&id_token).await?),
            client_info: Some(URL_SAFE_NO_PAD.encode(client_info)),
            scope: Some(consent.scope),
            ..grant
        })
    }

    fn take(&self, tenant: &str, client: &str, code: &str) -> Refused<Consent> {
        let at = self.clock.now().unix_timestamp();
        let mut codes = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
        codes.take(code, client, tenant, at).map_err(Refusal::SignIn)
    }
}
