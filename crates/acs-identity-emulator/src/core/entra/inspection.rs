//! Says about an Entra token for what the emulator accepts it, or why it does not.

use acs_identity_protocol::jwt::UnverifiedJwt;
use serde_json::Value;
use time::OffsetDateTime;

use super::claims::{EntraClaims, Purpose, TOKEN_EXCHANGE_AUDIENCE, is_management_audience};
use super::verifier::TokenVerifier;
use crate::clock::machine;
use crate::core::faults::TokenFault;
use crate::core::refusal::{Refusal, Refused};
use crate::keys::signing::{Signature, has_key, key_id, verify_with_jwks};

/// What an Entra token can be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EntraUse {
    /// It authenticates calls of the service.
    Management,
    /// It is the federated token of a workload.
    Assertion,
    /// It can be exchanged for the access token of a Teams user.
    TeamsUser,
    /// It can be exchanged for the access token of a Teams extension user.
    TeamsExtension,
    /// It can be exchanged for the access token of an Entra user.
    EntraUser,
}

impl EntraUse {
    const ALL: [Self; 5] = [Self::Management, Self::Assertion, Self::TeamsUser, Self::TeamsExtension, Self::EntraUser];
}

/// What is known about an Entra token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::core) struct EntraInspection {
    pub(in crate::core) signature: Signature,
    /// The uses for which it is accepted, of which there is at least one, or why it is refused.
    pub(in crate::core) uses: Result<Vec<EntraUse>, TokenFault>,
    /// When it expires, in seconds since 1970, by the clock that counts for its use.
    pub(in crate::core) expires: Option<i64>,
    /// What that clock shows.
    pub(in crate::core) now: OffsetDateTime,
}

impl TokenVerifier {
    /// Tries a token for each use.
    pub(in crate::core) async fn inspect(&self, token: &str, jwt: &UnverifiedJwt) -> Refused<EntraInspection> {
        let (mut uses, mut faults) = (Vec::new(), Vec::new());
        for usage in EntraUse::ALL {
            match self.fault_for(usage, token).await? {
                None => uses.push(usage),
                Some(fault) => faults.push(fault),
            }
        }
        let uses = if uses.is_empty() { Err(most_telling(faults)) } else { Ok(uses) };
        let (expires, now) = self.expiry_of(jwt);
        Ok(EntraInspection { signature: self.signature_of(token).await?, uses, expires, now })
    }

    /// Returns why a token is refused for a use, if it is.
    async fn fault_for(&self, usage: EntraUse, token: &str) -> Refused<Option<TokenFault>> {
        let exchange = async |purpose| self.check_for_exchange(token, purpose).await.map(drop);
        let checked = match usage {
            EntraUse::Management => self.management_caller(token).await.map(drop),
            EntraUse::Assertion => self.check_assertion(token).await.map(drop),
            EntraUse::TeamsUser => exchange(Purpose::TeamsUser).await,
            EntraUse::TeamsExtension => exchange(Purpose::TeamsExtension).await,
            EntraUse::EntraUser => exchange(Purpose::Clients).await,
        };
        match checked {
            Ok(()) => Ok(None),
            Err(Refusal::ManagementToken(fault) | Refusal::Assertion(fault) | Refusal::TokenToExchange(fault)) => {
                Ok(Some(fault))
            }
            Err(other) => Err(other),
        }
    }

    async fn signature_of(&self, token: &str) -> Refused<Signature> {
        let Some(kid) = key_id(token) else { return Ok(Signature::UnknownKey) };
        let own = self.signer.existing_issuer_key().await?.filter(|key| key.kid() == kid);
        let is_valid = match &own {
            Some(key) => key.verify(token).is_some(),
            None => self.issuers.iter().any(|issuer| verify_with_jwks(token, &issuer.jwks).is_some()),
        };
        let is_known = own.is_some() || self.issuers.iter().any(|issuer| has_key(&issuer.jwks, &kid));
        Ok(match (is_known, is_valid) {
            (true, true) => Signature::Valid,
            (true, false) => Signature::Invalid,
            (false, _) => Signature::UnknownKey,
        })
    }

    /// Returns when a token expires, and what the clock shows by which it does. That is the machine's clock for a token
    /// with which a caller authenticates, and else the clock of the service.
    fn expiry_of(&self, jwt: &UnverifiedJwt) -> (Option<i64>, OffsetDateTime) {
        let exp = jwt.claim_seconds("exp");
        let Ok(claims) = serde_json::from_value::<EntraClaims>(Value::Object(jwt.payload.clone())) else {
            return (exp, self.clock.now());
        };
        let is_of_caller =
            is_management_audience(&claims.aud) || claims.aud.eq_ignore_ascii_case(TOKEN_EXCHANGE_AUDIENCE);
        match (is_of_caller, claims.machine_exp) {
            (true, Some(machine_exp)) => (Some(machine_exp), machine::now()),
            (true, None) => (exp, machine::now()),
            (false, _) => (exp, self.clock.now()),
        }
    }
}

/// Returns the fault that says most. Each use has another audience, so the audience is wrong for most of them. Only
/// some uses take tokens of trusted issuers, so that the others do not know the issuer of such a token.
fn most_telling(faults: Vec<TokenFault>) -> TokenFault {
    let says_little = |fault: &&TokenFault| matches!(fault, TokenFault::OtherAudience(_) | TokenFault::UnknownIssuer);
    let found = faults.iter().find(|fault| !says_little(fault));
    let found = found.or_else(|| faults.iter().find(|fault| matches!(fault, TokenFault::OtherAudience(_))));
    found.cloned().unwrap_or(TokenFault::UnknownIssuer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fault_of_the_use_that_is_meant_is_told() {
        let (audience, issuer) = (|| TokenFault::OtherAudience("a".into()), || TokenFault::UnknownIssuer);
        for (faults, told) in [
            (vec![audience(), TokenFault::Expired, audience()], TokenFault::Expired),
            (vec![audience(), issuer()], audience()),
            (vec![issuer(), TokenFault::LacksPermission("p")], TokenFault::LacksPermission("p")),
            (vec![issuer(), issuer()], issuer()),
            (vec![], issuer()),
        ] {
            assert_eq!(most_telling(faults.clone()), told, "{faults:?}");
        }
    }
}
