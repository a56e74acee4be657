//! Signs tokens with the key of whoever asked for them, and publishes the keys that verify them.

use std::sync::Arc;

use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::access_keys::AccessKeys;
use super::refusal::{Refusal, Refused};
use super::signing_keys::{HeldSigningKey, SigningKeys};
use crate::keys::signing::SigningKey;
use crate::store::{Caller, Failure, SigningSlot, Store, yield_now};

/// Signs tokens.
pub(crate) struct TokenSigner {
    access_keys: Arc<AccessKeys>,
    /// One for each way to authenticate: what an access key made ends with it.
    keys: SigningKeys,
    /// One permit a core.
    turns: Semaphore,
}

/// The slot of a caller's signing key, and its generation.
fn slot_of(caller: Caller) -> (SigningSlot, i64) {
    match caller {
        Caller::Key { slot, generation } => (SigningSlot::Access(slot), generation),
        Caller::Entra => (SigningSlot::Entra, 0),
    }
}

impl TokenSigner {
    pub(super) fn new(store: Arc<Store>, access_keys: Arc<AccessKeys>) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { access_keys, keys: SigningKeys::new(store), turns: Semaphore::new(cores) }
    }

    /// Makes the key for the tokens of a caller, if there is none yet.
    pub(super) async fn prepare(&self, caller: Caller) -> Result<(), Failure> {
        let (slot, generation) = slot_of(caller);
        self.keys.get(slot, generation).await.map(drop)
    }

    /// The key for the tokens of a caller.
    pub(super) async fn key_for(&self, caller: Caller) -> Refused<Arc<SigningKey>> {
        let (slot, generation) = slot_of(caller);
        Ok(self.access_keys.heed(self.keys.get(slot, generation).await)?.key)
    }

    /// The key of our Entra issuer. It is made now if there is none yet.
    pub(super) async fn issuer_key(&self) -> Refused<Arc<SigningKey>> {
        Ok(self.access_keys.heed(self.keys.get(SigningSlot::Issuer, 0).await)?.key)
    }

    /// The key of our Entra issuer, if it has signed anything.
    pub(super) fn existing_issuer_key(&self) -> Refused<Option<Arc<SigningKey>>> {
        self.access_keys.heed(self.keys.issuer())
    }

    /// The key that an access token names. The caller has to see whether its generation is in force.
    pub(super) fn key_named_by(&self, token: &str) -> Refused<Option<HeldSigningKey>> {
        self.access_keys.heed(self.keys.named_by(token))
    }

    /// The public key of our Entra issuer (RFC 7517).
    pub(crate) async fn issuer_jwks(&self) -> Refused<Value> {
        Ok(json!({"keys": [self.issuer_key().await?.jwk()]}))
    }

    /// The public keys of all access tokens that are good (RFC 7517). Those that were not needed yet are made now: a client that
    /// keeps this document must find the keys of later tokens in it.
    pub(crate) async fn token_jwks(&self) -> Refused<Value> {
        let keys = match self.keys.published().await {
            // An access key was regenerated meanwhile.
            Err(Failure::KeyGone) => self.keys.published().await,
            other => other,
        };
        let keys = self.access_keys.heed(keys)?;
        let jwks: Vec<&Value> = keys.iter().map(|held| held.key.jwk()).collect();
        Ok(json!({"keys": jwks}))
    }

    /// Signs on the thread that serves the connection: handing over to another thread and back costs a tenth of a signature.
    /// There is one signature a core at a time, so that a request without a signature waits for one at most.
    pub(super) async fn sign(&self, key: &SigningKey, claims: &impl Serialize) -> Refused<String> {
        let signed = {
            let _turn = self.turns.acquire().await.map_err(Refusal::fault)?;
            key.sign(claims).map_err(Refusal::fault)?
        };
        // The waiting requests sign first: responses that leave together wake their client once.
        yield_now().await;
        Ok(signed)
    }
}
