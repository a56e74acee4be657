//! Whether a token is active now (RFC 7662).

use acs_identity_protocol::claims::AccessTokenClaims;
use acs_identity_protocol::raw_id::is_guid;
use serde::Serialize;
use time::OffsetDateTime;

use super::{Core, Refusal, Refused, nanos};

/// What is said of a token; nothing but that it is not active, where it is not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Introspection {
    pub(crate) active: bool,
    /// The scopes, separated by blanks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) scope: Option<String>,
    /// The raw id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sub: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) exp: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) iat: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) token_type: Option<&'static str>,
}

impl Core {
    /// Tells whether a token is active: signed by us, not expired, its identity not deleted, not revoked.
    pub(crate) fn introspect(&self, token: &str) -> Refused<Introspection> {
        let Some(payload) = self.verify_token(token)? else {
            return Ok(Introspection::default());
        };
        let Ok(claims) = serde_json::from_value::<AccessTokenClaims>(payload) else {
            return Ok(Introspection::default());
        };
        if claims.exp <= OffsetDateTime::now_utc().unix_timestamp() || !self.is_in_force(&claims)? {
            return Ok(Introspection::default());
        }
        Ok(Introspection {
            active: true,
            scope: Some(claims.acs_scope.replace(',', " ")),
            sub: Some(format!("8:{}", claims.skypeid)),
            exp: Some(claims.exp),
            iat: Some(claims.iat),
            token_type: Some("Bearer"),
        })
    }

    fn is_in_force(&self, claims: &AccessTokenClaims) -> Refused<bool> {
        let own = claims.skypeid.strip_prefix("acs:").and_then(|id| id.strip_prefix(&format!("{}_", self.resource_id)));
        let Some(user) = own.filter(|user| is_guid(user)) else {
            // Teams and Entra users are no identities of the resource, and nothing revokes their tokens.
            return Ok(true);
        };
        let Some(row) = self.store.identity(user).map_err(Refusal::fault)? else {
            return Ok(false);
        };
        // Tokens issued later than a revocation are of a later second: see `after_revocation`.
        let limit = nanos(OffsetDateTime::now_utc() - self.revocation_delay);
        let in_force = [row.revoked_at, row.revoked_before].into_iter().flatten().filter(|at| *at <= limit).max();
        Ok(in_force.is_none_or(|at| claims.iat > at.div_euclid(1_000_000_000)))
    }
}
