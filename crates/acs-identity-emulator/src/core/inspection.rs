//! Says everything about a token that somebody has: what it contains, whether it is good, and why it is not.

use acs_identity_protocol::jwt::{JwtError, UnverifiedJwt};
use time::OffsetDateTime;

use super::entra::{EntraInspection, EntraUse};
use super::faults::TokenFault;
use super::introspection::Inactive;
use super::owners::Core;
use super::refusal::Refused;
use crate::keys::signing::Signature;
use crate::store::Caller;

/// What is known about a token.
pub(crate) struct Inspection {
    /// What it contains, whether that is true or not.
    pub(crate) jwt: UnverifiedJwt,
    pub(crate) signature: Signature,
    pub(crate) verdict: Verdict,
    /// When it expires, in seconds since 1970.
    pub(crate) expires: Option<i64>,
    /// What the clock shows by which it expires.
    pub(crate) now: OffsetDateTime,
}

/// What the emulator thinks of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// An access token. It is active if there is no reason why not.
    Access(Option<Inactive>),
    /// Another token, which must be one of Entra: the uses for which it is accepted, or why it is refused.
    Entra(Result<Vec<EntraUse>, TokenFault>),
}

impl Core {
    /// Inspects a token. Returns the reason if it is not a JWT.
    pub(crate) async fn inspect(&self, caller: Caller, token: &str) -> Refused<Result<Inspection, JwtError>> {
        let jwt = match UnverifiedJwt::decode(token) {
            Ok(jwt) => jwt,
            Err(error) => {
                self.access_keys.check(caller).await?;
                return Ok(Err(error));
            }
        };
        if is_access_token(&jwt) {
            let (signature, introspection) = self.introspector.inspect(caller, token).await?;
            let (expires, now) = (jwt.claim_seconds("exp"), self.service_time.read().now);
            let verdict = Verdict::Access(introspection.reason);
            return Ok(Ok(Inspection { jwt, signature, verdict, expires, now }));
        }
        self.access_keys.check(caller).await?;
        let EntraInspection { signature, uses, expires, now } = self.entra_tokens.inspect(token, &jwt).await?;
        Ok(Ok(Inspection { jwt, signature, verdict: Verdict::Entra(uses), expires, now }))
    }
}

/// Returns whether a token is of the kind that the service issues to users. Tokens of Entra do not have these claims.
fn is_access_token(jwt: &UnverifiedJwt) -> bool {
    ["skypeid", "resourceId"].iter().any(|claim| jwt.claim_str(claim).is_some())
}
