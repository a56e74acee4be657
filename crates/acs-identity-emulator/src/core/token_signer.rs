//! Signs tokens with the key for the caller's way to authenticate, and publishes the keys that verify them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::access_keys::AccessKeys;
use super::refusal::{Refusal, Refused};
use super::signing_keys::{HeldSigningKey, ParsedKey, SigningKeys};
use crate::keys::signing::SigningKey;
use crate::store::{AccessSlot, Caller, Failure, SigningKeyRow, SigningSlot, Store, StoreError, yield_now};

/// How often the public keys are collected again, because an access key was regenerated meanwhile.
const MOST_REPETITIONS: usize = 20;

/// Signs tokens.
pub(crate) struct TokenSigner {
    access_keys: Arc<AccessKeys>,
    /// One key for each way to authenticate. If an access key is regenerated, the tokens that it made become invalid
    /// with its signing key.
    keys: SigningKeys,
    /// One permit for each core.
    turns: Semaphore,
    signed: AtomicU64,
}

/// Returns the slot of a caller's signing key, and its generation.
fn slot_of(caller: Caller) -> (SigningSlot, i64) {
    match caller {
        Caller::Key { slot, generation } => (SigningSlot::Access(slot), generation),
        Caller::Entra => (SigningSlot::Entra, 0),
    }
}

impl TokenSigner {
    pub(super) fn new(store: Arc<Store>, access_keys: Arc<AccessKeys>) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { access_keys, keys: SigningKeys::new(store), turns: Semaphore::new(cores), signed: AtomicU64::new(0) }
    }

    /// Returns the mark in tokens that names the access key of a caller.
    pub(super) fn mark_of(&self, caller: Caller) -> Refused<Option<String>> {
        self.access_keys.mark_of(caller)
    }

    /// Replaces all keys by those that the store has after the work. Tokens that are signed meanwhile are refused.
    pub(super) async fn replacing_keys<T>(&self, work: impl Future<Output = T>) -> T {
        self.keys.replacing(work).await
    }

    /// Takes over the keys of a shared store.
    pub(super) fn take_keys(&self, rows: &[SigningKeyRow]) -> Result<(), StoreError> {
        self.keys.take(rows)
    }

    /// Makes the key for the tokens of a caller, if there is none yet.
    pub(super) async fn make_key(&self, caller: Caller) -> Result<(), Failure> {
        let (slot, generation) = slot_of(caller);
        unless_replaced(self.keys.make(slot, generation).await)
    }

    /// Parses the key for the tokens of a caller with the primary access key, so that the first token does not wait for
    /// it. A key that was parsed before is taken.
    pub(crate) async fn prepare(&self, parsed: Option<ParsedKey>) -> Result<(), Failure> {
        if let Some(parsed) = parsed {
            self.keys.adopt(parsed).await?;
        }
        let slot = AccessSlot::Primary;
        let generation = self.access_keys.generations()[slot as usize];
        unless_replaced(self.keys.get(SigningSlot::Access(slot), generation).await.map(drop))
    }

    /// Returns the key for the tokens of a caller.
    pub(super) async fn key_for(&self, caller: Caller) -> Refused<Arc<SigningKey>> {
        let (slot, generation) = slot_of(caller);
        Ok(self.access_keys.heed(self.keys.get(slot, generation).await).await?.key)
    }

    /// Returns the key of the emulator's Entra issuer. It is made now if there is none yet.
    pub(super) async fn issuer_key(&self) -> Refused<Arc<SigningKey>> {
        Ok(self.access_keys.heed(self.keys.get(SigningSlot::Issuer, 0).await).await?.key)
    }

    /// Returns the key of the emulator's Entra issuer, if it has signed a token.
    pub(super) async fn existing_issuer_key(&self) -> Refused<Option<Arc<SigningKey>>> {
        self.access_keys.heed(self.keys.issuer().await).await
    }

    /// Returns the key that an access token names. The caller must check whether its generation is in force.
    pub(super) async fn key_named_by(&self, token: &str) -> Refused<Option<HeldSigningKey>> {
        self.access_keys.heed(self.keys.named_by(token).await).await
    }

    /// Returns the public key of the emulator's Entra issuer (RFC 7517).
    pub(crate) async fn issuer_jwks(&self) -> Refused<Value> {
        Ok(json!({"keys": [self.issuer_key().await?.jwk()]}))
    }

    /// Returns the public keys of all valid access tokens (RFC 7517). Keys that were not needed yet are made now,
    /// because a client that caches this document must find the keys of later tokens in it.
    pub(crate) async fn token_jwks(&self) -> Refused<Value> {
        let mut keys = self.access_keys.heed(self.keys.published().await).await;
        for _ in 0..MOST_REPETITIONS {
            // An access key was regenerated meanwhile.
            if !matches!(keys, Err(Refusal::KeyGone)) {
                break;
            }
            keys = self.access_keys.heed(self.keys.published().await).await;
        }
        let keys = keys?;
        let jwks: Vec<&Value> = keys.iter().map(|held| held.key.jwk()).collect();
        Ok(json!({"keys": jwks}))
    }

    /// Returns how many tokens were signed.
    pub(crate) fn signed(&self) -> u64 {
        self.signed.load(Ordering::Relaxed)
    }

    /// Signs on the thread that serves the connection, because a switch to another thread and back costs a tenth of a
    /// signature. Each core makes one signature at a time, so that a request without a signature waits for at most one.
    pub(super) async fn sign(&self, key: &SigningKey, claims: &impl Serialize) -> Refused<String> {
        let signed = {
            let _turn = self.turns.acquire().await.map_err(Refusal::fault)?;
            key.sign(claims).map_err(Refusal::fault)?
        };
        // An import that has replaced the key meanwhile would make the token invalid.
        if !self.keys.holds(key) {
            return Err(Refusal::KeyGone);
        }
        self.signed.fetch_add(1, Ordering::Relaxed);
        // The other waiting requests sign first. Responses that leave together wake their client only once.
        yield_now().await;
        Ok(signed)
    }
}

/// Lets a start go on although another process of a shared store has replaced the access key meanwhile. Requests copy
/// the access keys again, and make the missing key.
fn unless_replaced(made: Result<(), Failure>) -> Result<(), Failure> {
    match made {
        Err(Failure::KeyGone) => Ok(()),
        made => made,
    }
}
