//! The keys that sign tokens, one for each way to authenticate. The store keeps them. Keys that were used are cached
//! here.

use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::Mutex;

use crate::error::Error;
use crate::keys::signing::{SigningKey, key_id};
use crate::store::{AccessSlot, Failure, SigningKeyRow, SigningSlot, Store, StoreError};

/// The stack size of a thread that makes a key, in bytes.
const KEY_STACK: usize = 512 * 1024;

/// A key, and the generation of the access key that it belongs to.
#[derive(Clone)]
pub(super) struct HeldSigningKey {
    pub(super) slot: SigningSlot,
    pub(super) generation: i64,
    pub(super) key: Arc<SigningKey>,
}

/// A key that was parsed before it was needed, and the row that it was parsed from.
pub(crate) struct ParsedKey {
    row: SigningKeyRow,
    held: HeldSigningKey,
}

impl ParsedKey {
    /// Parses the key of a row. Returns `None` if it cannot be parsed.
    pub(crate) fn of(row: SigningKeyRow) -> Option<Self> {
        Some(Self { held: parsed(&row).ok()?, row })
    }
}

/// The cached keys, and a lock for making a key.
pub(super) struct SigningKeys {
    store: Arc<Store>,
    held: RwLock<Vec<HeldSigningKey>>,
    turn: Mutex<()>,
}

impl SigningKeys {
    pub(super) fn new(store: Arc<Store>) -> Self {
        Self { store, held: RwLock::default(), turn: Mutex::default() }
    }

    fn find(&self, is: impl Fn(&HeldSigningKey) -> bool) -> Option<HeldSigningKey> {
        self.held.read().unwrap_or_else(PoisonError::into_inner).iter().find(|held| is(held)).cloned()
    }

    fn keep(&self, new: &HeldSigningKey) {
        let mut all = self.held.write().unwrap_or_else(PoisonError::into_inner);
        match all.iter_mut().find(|held| held.slot == new.slot) {
            // A request that was signed with the old access key may arrive late.
            Some(held) if held.generation > new.generation => {}
            Some(held) => held.clone_from(new),
            None => all.push(new.clone()),
        }
    }

    /// Returns whether the key is cached. A key that signs is, until an import replaces it.
    pub(super) fn holds(&self, key: &SigningKey) -> bool {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.iter().any(|held| held.key.kid() == key.kid())
    }

    fn forget(&self) {
        self.held.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Replaces all keys by those of a shared store. A key that was cached and is still stored stays cached, because
    /// tokens may be signed with it just now.
    pub(super) fn take(&self, rows: &[SigningKeyRow]) -> Result<(), StoreError> {
        let taken: Result<Vec<HeldSigningKey>, StoreError> = rows.iter().map(parsed).collect();
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = taken?;
        Ok(())
    }

    /// Forgets all keys before and after the work, which replaces the keys of the store. No key is made meanwhile.
    pub(super) async fn replacing<T>(&self, work: impl Future<Output = T>) -> T {
        let _turn = self.turn.lock().await;
        self.forget();
        let done = work.await;
        // An introspection may have read a former key meanwhile.
        self.forget();
        done
    }

    /// Makes the key of a slot in that generation, if the store has none. A key that exists is not parsed.
    pub(super) async fn make(&self, slot: SigningSlot, generation: i64) -> Result<(), Failure> {
        if self.store.signing_key(slot).await?.is_some_and(|row| row.generation == generation) {
            return Ok(());
        }
        self.get(slot, generation).await.map(drop)
    }

    /// Caches a key that was parsed before, if the store still has its row.
    pub(super) async fn adopt(&self, key: ParsedKey) -> Result<(), Failure> {
        if self.store.signing_key(key.row.slot).await?.as_ref() == Some(&key.row) {
            self.keep(&key.held);
        }
        Ok(())
    }

    /// Returns the key of a slot in that generation. If there is none yet, it is made now, and is durable before it
    /// signs anything.
    pub(super) async fn get(&self, slot: SigningSlot, generation: i64) -> Result<HeldSigningKey, Failure> {
        let is = |held: &HeldSigningKey| held.slot == slot && held.generation == generation;
        if let Some(held) = self.find(is) {
            return Ok(held);
        }
        let _turn = self.turn.lock().await;
        if let Some(held) = self.existing_key(slot).await?.filter(is) {
            return Ok(held);
        }
        let pkcs8 = SigningKey::generate().map_err(|error| StoreError::Failed(error.to_string()))?;
        self.store_key(slot, generation, pkcs8).await
    }

    async fn store_key(&self, slot: SigningSlot, generation: i64, pkcs8: Vec<u8>) -> Result<HeldSigningKey, Failure> {
        let pkcs8 = self.store.keep_signing_key(slot, generation, pkcs8).await?;
        let held = parsed(&SigningKeyRow { slot, generation, pkcs8 })?;
        self.keep(&held);
        Ok(held)
    }

    /// Returns the key that the store has, if there is one.
    async fn existing_key(&self, slot: SigningSlot) -> Result<Option<HeldSigningKey>, Failure> {
        let Some(row) = self.store.signing_key(slot).await? else { return Ok(None) };
        if let Some(held) = self.find(|held| held.slot == slot && held.generation == row.generation) {
            return Ok(Some(held));
        }
        let held = parsed(&row)?;
        self.keep(&held);
        Ok(Some(held))
    }

    /// Returns the key of the emulator's Entra issuer, if it has signed a token.
    pub(super) async fn issuer(&self) -> Result<Option<Arc<SigningKey>>, Failure> {
        if let Some(held) = self.find(|held| held.slot == SigningSlot::Issuer) {
            return Ok(Some(held.key));
        }
        Ok(self.existing_key(SigningSlot::Issuer).await?.map(|held| held.key))
    }

    /// Returns the key that an access token names. The caller must check whether its generation is in force.
    pub(super) async fn named_by(&self, token: &str) -> Result<Option<HeldSigningKey>, Failure> {
        let Some(kid) = key_id(token) else { return Ok(None) };
        let is = |held: &HeldSigningKey| held.key.kid() == kid && held.slot != SigningSlot::Issuer;
        if let Some(held) = self.find(is) {
            return Ok(Some(held));
        }
        for slot in SigningSlot::ALL.into_iter().filter(|slot| *slot != SigningSlot::Issuer) {
            if let Some(held) = self.existing_key(slot).await?.filter(is) {
                return Ok(Some(held));
            }
        }
        Ok(None)
    }

    /// Returns the keys of all valid tokens. Missing keys are made.
    pub(super) async fn published(&self) -> Result<Vec<HeldSigningKey>, Failure> {
        let [primary, secondary] = self.store.snapshot(None, None).await?.generations;
        let wanted = [
            (SigningSlot::Access(AccessSlot::Primary), primary),
            (SigningSlot::Access(AccessSlot::Secondary), secondary),
            (SigningSlot::Entra, 0),
        ];
        self.make_missing(&wanted).await?;
        let mut keys = Vec::new();
        for (slot, generation) in wanted {
            keys.push(self.get(slot, generation).await?);
        }
        Ok(keys)
    }

    /// Makes the missing keys in parallel.
    async fn make_missing(&self, wanted: &[(SigningSlot, i64)]) -> Result<(), Failure> {
        let is_held = |slot, generation| self.find(|held| held.slot == slot && held.generation == generation).is_some();
        if wanted.iter().all(|(slot, generation)| is_held(*slot, *generation)) {
            return Ok(());
        }
        let _turn = self.turn.lock().await;
        let mut missing = Vec::new();
        for (slot, generation) in wanted {
            if self.existing_key(*slot).await?.is_none_or(|held| held.generation != *generation) {
                missing.push((*slot, *generation));
            }
        }
        let made: Vec<Option<Vec<u8>>> = std::thread::scope(|scope| {
            let make = || SigningKey::generate().ok();
            let threads: Vec<_> = missing
                .iter()
                .map(|_| std::thread::Builder::new().stack_size(KEY_STACK).spawn_scoped(scope, make))
                .collect();
            // If a thread could not be started, its key is made when it is needed.
            threads.into_iter().map(|thread| thread.ok()?.join().ok().flatten()).collect()
        });
        for ((slot, generation), pkcs8) in missing.into_iter().zip(made) {
            if let Some(pkcs8) = pkcs8 {
                self.store_key(slot, generation, pkcs8).await?;
            }
        }
        Ok(())
    }
}

fn parsed(row: &SigningKeyRow) -> Result<HeldSigningKey, StoreError> {
    let damaged =
        |_: Error| StoreError::Damaged { what: format!("the signing key {} cannot be read", row.slot.name()) };
    let key = SigningKey::from_pkcs8(&row.pkcs8).map_err(damaged)?;
    Ok(HeldSigningKey { slot: row.slot, generation: row.generation, key: Arc::new(key) })
}
