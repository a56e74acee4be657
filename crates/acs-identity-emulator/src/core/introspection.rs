//! Decides whether a token is active now (RFC 7662).

use std::sync::Arc;

use acs_identity_protocol::claims::AccessTokenClaims;
use acs_identity_protocol::jwt::UnverifiedJwt;
use serde::Serialize;
use serde_json::Value;

use super::access_keys::AccessKeys;
use super::refusal::Refused;
use super::resource::Resource;
use super::signing_keys::HeldSigningKey;
use super::token_signer::TokenSigner;
use crate::clock::{ServiceClock, nanos};
use crate::keys::signing::Signature;
use crate::store::revocation::is_revoked;
use crate::store::{Caller, SigningSlot, Store};

/// The reason why a token is not active. RFC 7662 does not tell the caller, who could be anyone. Here the caller has
/// authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Inactive {
    /// It is not an access token.
    Malformed,
    /// It was made for another resource.
    OtherResource,
    /// The key that it names is not in force: the access key that it was made with was regenerated.
    UnknownKey,
    /// The key that it names did not sign it.
    InvalidSignature,
    /// It has expired.
    Expired,
    /// Its identity was deleted.
    IdentityDeleted,
    /// The tokens of its identity were revoked.
    Revoked,
    /// It was issued at a later time than the clock shows now, because the clock was set back.
    NotYetValid,
}

/// The result for a token: its claims if it is active, or the reason why it is not active.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Introspection {
    pub(crate) active: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Inactive>,
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

impl From<Inactive> for Introspection {
    fn from(reason: Inactive) -> Self {
        Self { reason: Some(reason), ..Self::default() }
    }
}

/// Decides whether tokens are active.
pub(crate) struct Introspector {
    store: Arc<Store>,
    clock: ServiceClock,
    access_keys: Arc<AccessKeys>,
    signer: Arc<TokenSigner>,
    resource: Resource,
}

impl Introspector {
    pub(super) fn new(
        store: Arc<Store>,
        clock: ServiceClock,
        access_keys: Arc<AccessKeys>,
        signer: Arc<TokenSigner>,
        resource: Resource,
    ) -> Self {
        Self { store, clock, access_keys, signer, resource }
    }

    /// Decides whether a token is active: the emulator signed it for this resource, it has not expired, its identity
    /// exists, it is not revoked, and it was not issued in the future.
    pub(crate) async fn introspect(&self, caller: Caller, token: &str) -> Refused<Introspection> {
        self.inspect(caller, token).await.map(|(_, introspection)| introspection)
    }

    /// Decides whether a token is active, and what its signature is worth.
    pub(super) async fn inspect(&self, caller: Caller, token: &str) -> Refused<(Signature, Introspection)> {
        let Some(held) = self.signer.key_named_by(token).await? else {
            self.access_keys.check(caller).await?;
            return Ok((Signature::UnknownKey, self.why_unverified(token).await?.into()));
        };
        let Some(payload) = held.key.verify(token) else {
            self.access_keys.check(caller).await?;
            return Ok((Signature::Invalid, self.why_unverified(token).await?.into()));
        };
        Ok((Signature::Valid, self.introspect_signed(caller, held, payload).await?))
    }

    async fn introspect_signed(&self, caller: Caller, key: HeldSigningKey, payload: Value) -> Refused<Introspection> {
        let Ok(claims) = serde_json::from_value::<AccessTokenClaims>(payload) else {
            return Ok(Inactive::Malformed.into());
        };
        if *claims.resource_id != *self.resource.id() {
            return Ok(Inactive::OtherResource.into());
        }
        let now = self.clock.now().unix_timestamp();
        if claims.exp <= now {
            return Ok(Inactive::Expired.into());
        }
        if let Some(reason) = self.why_not_in_force(caller, &key, &claims).await? {
            return Ok(reason.into());
        }
        if claims.iat > now {
            return Ok(Inactive::NotYetValid.into());
        }
        Ok(Introspection {
            active: true,
            reason: None,
            scope: Some(claims.acs_scope.replace(',', " ")),
            sub: Some(format!("8:{}", claims.skypeid)),
            exp: Some(claims.exp),
            iat: Some(claims.iat),
            token_type: Some("Bearer"),
        })
    }

    /// Returns the reason why none of the emulator's keys signed a token, from the claims of the token.
    async fn why_unverified(&self, token: &str) -> Refused<Inactive> {
        let Ok(jwt) = UnverifiedJwt::decode(token) else { return Ok(Inactive::Malformed) };
        let Some(resource) = jwt.claim_str("resourceId") else { return Ok(Inactive::Malformed) };
        Ok(match self.signer.key_named_by(token).await? {
            Some(_) => Inactive::InvalidSignature,
            None if *resource != *self.resource.id() => Inactive::OtherResource,
            None => Inactive::UnknownKey,
        })
    }

    async fn why_not_in_force(
        &self,
        caller: Caller,
        key: &HeldSigningKey,
        claims: &AccessTokenClaims,
    ) -> Refused<Option<Inactive>> {
        // Teams and Entra users are not identities of the resource. Their tokens end with the key and cannot be
        // revoked.
        let user = self.resource.identity_in(claims);
        let snapshot = self.access_keys.heed(self.store.snapshot(Some(caller), user).await).await?;
        if let SigningSlot::Access(slot) = key.slot
            && snapshot.generations[slot as usize] != key.generation
        {
            return Ok(Some(Inactive::UnknownKey));
        }
        if user.is_none() {
            return Ok(None);
        }
        let Some(row) = snapshot.identity else {
            return Ok(Some(Inactive::IdentityDeleted));
        };
        let now = nanos(self.clock.now());
        if snapshot.revocations.iter().any(|revocation| revocation.is_due(now)) {
            // A revocation that was seen in force stays in force, whatever the clock shows later.
            self.access_keys.heed(self.store.settle(now).await).await?;
        }
        let token = (claims.revocation.unwrap_or(0), claims.iat);
        Ok(is_revoked(token, row.revoked_below, &snapshot.revocations, now).then_some(Inactive::Revoked))
    }
}
