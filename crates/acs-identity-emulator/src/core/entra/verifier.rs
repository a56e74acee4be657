//! Decides which Entra tokens are accepted, and for which purpose.

use std::sync::Arc;

use acs_identity_protocol::claims::entra::{TEAMS_EXTENSION_PERMISSION, TEAMS_PERMISSIONS, is_acs_audience};
use acs_identity_protocol::jwt::UnverifiedJwt;
use serde_json::Value;

use super::claims::{EntraClaims, Purpose, TOKEN_EXCHANGE_AUDIENCE, is_clients_audience, is_management_audience};
use crate::clock::{ServiceClock, machine};
use crate::config::{ANY_TENANT, TrustedIssuer};
use crate::core::access_keys::AccessKeys;
use crate::core::faults::TokenFault;
use crate::core::refusal::{Refusal, Refused};
use crate::core::token_signer::TokenSigner;
use crate::keys::signing::verify_with_jwks;
use crate::store::Caller;

/// The caller that an Entra token identifies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ManagementCaller {
    /// The tenant of the token.
    pub(crate) tenant: String,
    /// Whether the token was issued to an application itself, and not to a user of it.
    pub(crate) is_application: bool,
    /// The application that the token was issued to.
    pub(crate) application: String,
    /// Whether the emulator's own issuer issued the token. Any client on this machine can get such a token.
    pub(crate) is_own: bool,
}

/// Verifies Entra tokens.
pub(crate) struct TokenVerifier {
    pub(super) clock: ServiceClock,
    access_keys: Arc<AccessKeys>,
    pub(super) signer: Arc<TokenSigner>,
    /// The trusted issuers, besides the emulator's own.
    pub(super) issuers: Vec<TrustedIssuer>,
}

impl TokenVerifier {
    pub(in crate::core) fn new(
        clock: ServiceClock,
        access_keys: Arc<AccessKeys>,
        signer: Arc<TokenSigner>,
        issuers: Vec<TrustedIssuer>,
    ) -> Self {
        Self { clock, access_keys, signer, issuers }
    }

    /// Checks the token of a workload (its federated token). It must be valid now, have the right audience, and be
    /// signed by the emulator's issuer or a trusted one. Its subject is not checked. Returns the access key with which
    /// it was requested; tokens that it gets become invalid with that key.
    pub(crate) async fn check_assertion(&self, token: &str) -> Refused<Caller> {
        let Some((claims, is_own)) = self.trusted_claims(token).await? else {
            return Err(Refusal::Assertion(TokenFault::UnknownIssuer));
        };
        let claims = parsed(claims).map_err(Refusal::Assertion)?;
        if !claims.aud.eq_ignore_ascii_case(TOKEN_EXCHANGE_AUDIENCE) {
            return Err(Refusal::Assertion(TokenFault::OtherAudience(claims.aud)));
        }
        self.check_caller(&claims, is_own).map_err(Refusal::Assertion)?;
        let key = claims.key.filter(|_| is_own).and_then(|key| self.access_keys.marked(&key));
        Ok(key.unwrap_or(Caller::Entra))
    }

    /// Checks a token that authenticates a management call. Returns the caller.
    pub(crate) async fn management_caller(&self, token: &str) -> Refused<ManagementCaller> {
        let Some((claims, is_own)) = self.trusted_claims(token).await? else {
            let is_access_token = is_access_token_of_user(token);
            let fault = if is_access_token { TokenFault::AccessTokenOfUser } else { TokenFault::UnknownIssuer };
            return Err(Refusal::ManagementToken(fault));
        };
        let claims = parsed(claims).map_err(Refusal::ManagementToken)?;
        self.check_caller(&claims, is_own).map_err(Refusal::ManagementToken)?;
        if !is_management_audience(&claims.aud) {
            return Err(Refusal::ManagementToken(TokenFault::OtherAudience(claims.aud)));
        }
        let application = if claims.appid.is_empty() { claims.azp } else { claims.appid };
        // A user's token may lack the optional claim idtyp, but it has permissions.
        let is_application = claims.scp.is_empty() && matches!(&*claims.idtyp, "" | "app");
        Ok(ManagementCaller { tenant: claims.tid, is_application, application, is_own })
    }

    /// Checks a token to exchange: the emulator's issuer signed it, it is valid by the service's clock, and it is meant
    /// for that purpose.
    pub(in crate::core) async fn check_for_exchange(&self, token: &str, purpose: Purpose) -> Refused<EntraClaims> {
        let payload = self.signer.existing_issuer_key().await?.and_then(|key| key.verify(token));
        self.check_payload(token, payload, purpose).map_err(Refusal::TokenToExchange)
    }

    fn check_payload(&self, token: &str, payload: Option<Value>, purpose: Purpose) -> Result<EntraClaims, TokenFault> {
        let Some(payload) = payload else {
            let is_jwt = UnverifiedJwt::decode(token).is_ok();
            return Err(if is_jwt { TokenFault::UnknownIssuer } else { TokenFault::NotAJwt });
        };
        let claims = parsed(payload)?;
        claims.check_times(self.clock.now())?;
        self.check_key(&claims)?;
        let audience = claims.aud.trim_end_matches('/');
        let (fits, needed): (bool, &[&'static str]) = match purpose {
            Purpose::TeamsUser => (is_acs_audience(audience), &TEAMS_PERMISSIONS),
            Purpose::TeamsExtension => (is_acs_audience(audience), &[TEAMS_EXTENSION_PERMISSION]),
            Purpose::Clients => (is_clients_audience(audience), &[]),
        };
        if !fits {
            return Err(TokenFault::OtherAudience(claims.aud));
        }
        match needed.iter().find(|permission| !claims.has(permission)) {
            Some(missing) => Err(TokenFault::LacksPermission(missing)),
            None => Ok(claims.in_lower_case()),
        }
    }

    /// Returns the claims of a token of the emulator's issuer or of a trusted one, and whether it is the emulator's
    /// own. The emulator's issuer is recognized by its key, because a client may have used any of its names.
    async fn trusted_claims(&self, token: &str) -> Refused<Option<(Value, bool)>> {
        let own =
            self.signer.existing_issuer_key().await?.and_then(|key| key.verify(token)).map(|claims| (claims, true));
        Ok(own.or_else(|| self.verify_foreign(token).map(|claims| (claims, false))))
    }

    /// Returns the claims of a token of an issuer that the configuration trusts.
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

    /// Refuses a token that authenticates its caller, if it is not valid by the machine's clock.
    fn check_caller(&self, claims: &EntraClaims, is_own: bool) -> Result<(), TokenFault> {
        if !is_own {
            return claims.check_times(machine::now());
        }
        claims.check_own_of_caller(machine::now())?;
        self.check_key(claims)
    }

    /// Refuses a token of the emulator's own issuer if the access key with which it was requested was regenerated.
    fn check_key(&self, claims: &EntraClaims) -> Result<(), TokenFault> {
        let is_regenerated = claims.key.as_deref().is_some_and(|key| self.access_keys.marked(key).is_none());
        if is_regenerated { Err(TokenFault::KeyRegenerated) } else { Ok(()) }
    }
}

fn parsed(claims: Value) -> Result<EntraClaims, TokenFault> {
    serde_json::from_value(claims).map_err(|_| TokenFault::Malformed)
}

/// Returns whether a token looks like one that the service issues to a user.
fn is_access_token_of_user(token: &str) -> bool {
    UnverifiedJwt::decode(token).is_ok_and(|jwt| jwt.claim_str("skypeid").is_some())
}
