//! The two access keys of the resource, and the secrets that derive from them. A key and its secrets change in one
//! step.

use std::collections::VecDeque;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};

use acs_identity_protocol::AccessKey;

use super::refusal::{Refusal, Refused};
use crate::config::same_secret;
use crate::random::{self, NoRandom};
use crate::store::{AccessKeyRow, AccessSlot, Caller, Failure, Store, StoreError};

/// The access keys. There are two, so that one can be regenerated while applications use the other. The store holds the
/// keys; these are the last ones that were read from it.
pub(crate) struct AccessKeys {
    store: Arc<Store>,
    held: RwLock<[HeldKey; 2]>,
    /// The last keys that were regenerated since the start. They open nothing. They explain the signatures of clients
    /// that still use them.
    former: Mutex<VecDeque<AccessKey>>,
}

/// What is wrong with a shared store that has one key or none after the first start.
pub(super) const LACKS_A_KEY: &str =
    "the database lacks an access key that it had: the table access_keys was changed. Restore a backup";

/// How many former keys are kept.
const FORMER_KEYS: usize = 8;

/// A key and its generation. Each regeneration raises the generation by one.
struct HeldKey {
    key: AccessKey,
    generation: i64,
    /// Secrets that derive from the key. They are known to those who know the key, and change with it.
    client_secret: String,
    identity_header: String,
    /// Names the key in tokens that were requested with it.
    mark: String,
}

impl HeldKey {
    fn of(row: &AccessKeyRow) -> Result<Self, StoreError> {
        let damaged = || StoreError::Damaged { what: format!("the {} access key cannot be read", row.slot.name()) };
        let key: AccessKey = row.key.parse().map_err(|_| damaged())?;
        Ok(Self {
            generation: row.generation,
            client_secret: client_secret_of(&key),
            identity_header: identity_header_of(&key),
            mark: format!("{} {}", row.slot.name(), derived_secret(&key, "mark").get(..16).unwrap_or_default()),
            key,
        })
    }

    fn derived(&self, slot: AccessSlot, text: &str, secret: impl Fn(&Self) -> &String) -> Option<Caller> {
        let is_it = same_secret(secret(self), text);
        is_it.then_some(Caller::Key { slot, generation: self.generation })
    }
}

/// Returns the secret with which applications get tokens from the Entra issuer of an emulator with this primary access
/// key.
pub fn client_secret_of(key: &AccessKey) -> String {
    derived_secret(key, "client secret")
}

/// Returns the value of the header `X-IDENTITY-HEADER` for managed identities of an emulator with this primary access
/// key.
pub fn identity_header_of(key: &AccessKey) -> String {
    derived_secret(key, "identity header")
}

/// Derives a secret that has only letters and digits, because forms and shells do not change those.
fn derived_secret(key: &AccessKey, name: &str) -> String {
    key.sign(name).chars().filter(char::is_ascii_alphanumeric).collect()
}

pub(super) fn random_key() -> Result<AccessKey, NoRandom> {
    Ok(AccessKey::from_bytes(random::bytes::<64>()?.to_vec()))
}

impl AccessKeys {
    /// Makes the keys from the rows of the store.
    pub(super) fn new(store: Arc<Store>, [primary, secondary]: &[AccessKeyRow; 2]) -> Result<Self, StoreError> {
        let held = RwLock::new([HeldKey::of(primary)?, HeldKey::of(secondary)?]);
        Ok(Self { store, held, former: Mutex::default() })
    }

    fn read(&self) -> RwLockReadGuard<'_, [HeldKey; 2]> {
        self.held.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the key of a slot.
    pub(crate) fn get(&self, slot: AccessSlot) -> AccessKey {
        self.read()[slot as usize].key.clone()
    }

    /// Returns the last keys that were regenerated since the start.
    pub(crate) fn former(&self) -> Vec<AccessKey> {
        self.former.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// Returns the generations of both keys.
    pub(crate) fn generations(&self) -> [i64; 2] {
        let held = self.read();
        [held[0].generation, held[1].generation]
    }

    /// Returns the secret with which applications get tokens from the Entra side.
    pub(crate) fn client_secret(&self) -> String {
        self.read()[AccessSlot::Primary as usize].client_secret.clone()
    }

    /// Returns the secret that shows the App Service endpoint of managed identities that the caller is on this machine.
    pub(crate) fn identity_header(&self) -> String {
        self.read()[AccessSlot::Primary as usize].identity_header.clone()
    }

    /// Returns the key whose client secret this is. The time depends on the length of the text only.
    pub(crate) fn by_client_secret(&self, text: &str) -> Option<Caller> {
        self.read()[AccessSlot::Primary as usize].derived(AccessSlot::Primary, text, |held| &held.client_secret)
    }

    /// Returns the key whose identity header this is. The time depends on the length of the text only.
    pub(crate) fn by_identity_header(&self, text: &str) -> Option<Caller> {
        self.read()[AccessSlot::Primary as usize].derived(AccessSlot::Primary, text, |held| &held.identity_header)
    }

    /// Returns the mark in tokens that names the access key of a caller. It depends on the key alone, so that it is the
    /// same after an import. Returns `None` for a caller without an access key.
    pub(super) fn mark_of(&self, caller: Caller) -> Refused<Option<String>> {
        let Caller::Key { slot, generation } = caller else { return Ok(None) };
        let held = &self.read()[slot as usize];
        if held.generation == generation { Ok(Some(held.mark.clone())) } else { Err(Refusal::KeyGone) }
    }

    /// Returns the key that a token names, if it is in force.
    pub(super) fn marked(&self, mark: &str) -> Option<Caller> {
        let held = self.read();
        let slot = AccessSlot::ALL.into_iter().find(|slot| held[*slot as usize].mark == mark)?;
        Some(Caller::Key { slot, generation: held[slot as usize].generation })
    }

    /// Returns the key that signed one of the texts, and its generation.
    pub(crate) fn verify(&self, mut texts: impl Iterator<Item = String>, signature: &str) -> Option<Caller> {
        let held = self.read();
        texts.find_map(|text| {
            AccessSlot::ALL.into_iter().find_map(|slot| {
                let HeldKey { key, generation, .. } = &held[slot as usize];
                key.verify(&text, signature).then_some(Caller::Key { slot, generation: *generation })
            })
        })
    }

    /// Takes over keys of the store that are newer.
    pub(super) fn take(&self, rows: &[AccessKeyRow]) -> Result<(), StoreError> {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        for row in rows {
            if row.generation > held[row.slot as usize].generation {
                let former = mem::replace(&mut held[row.slot as usize], HeldKey::of(row)?);
                self.keep_former(former.key);
            }
        }
        Ok(())
    }

    /// Replaces the keys by those of a shared store, whatever their generations are: its database may have been
    /// restored, or a standby that lacks the last changes may have become the primary.
    pub(super) fn replace(&self, rows: &[AccessKeyRow]) -> Result<(), StoreError> {
        if rows.len() < AccessSlot::ALL.len() {
            return Err(StoreError::Damaged { what: LACKS_A_KEY.to_owned() });
        }
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        for row in rows {
            let new = HeldKey::of(row)?;
            let former = &mut held[row.slot as usize];
            if former.generation != new.generation || former.key != new.key {
                self.keep_former(mem::replace(former, new).key);
            }
        }
        Ok(())
    }

    fn keep_former(&self, key: AccessKey) {
        let mut former = self.former.lock().unwrap_or_else(PoisonError::into_inner);
        former.push_back(key);
        if former.len() > FORMER_KEYS {
            former.pop_front();
        }
    }

    /// Regenerates a key. This revokes everything that the old key made: its signing key is removed, here and from the
    /// published keys.
    pub(crate) async fn regenerate(&self, caller: Caller, slot: AccessSlot) -> Refused<()> {
        let key = random_key()?.to_base64();
        let expected = self.generations()[slot as usize];
        let done = self.store.regenerate_key(caller, slot, expected, key.clone()).await;
        let Some(generation) = self.heed(done).await? else {
            self.reload().await;
            return Err(Refusal::KeyMoved);
        };
        Ok(self.take(&[AccessKeyRow { slot, generation, key }])?)
    }

    /// Reads the keys from the store. Returns whether they have changed.
    pub(crate) async fn reload(&self) -> bool {
        let before = self.generations();
        let taken = self.store.access_keys().await.and_then(|rows| Ok(self.take(&rows)?));
        taken.is_ok() && self.generations() != before
    }

    /// Checks whether the key of the caller is in force.
    pub(super) async fn check(&self, caller: Caller) -> Refused<()> {
        self.heed(self.store.check(caller).await).await
    }

    /// Passes a result of the store on to a caller. If the store reports that the caller's key is gone, the keys are
    /// read again.
    pub(super) async fn heed<T>(&self, answer: Result<T, Failure>) -> Refused<T> {
        match answer {
            Ok(value) => Ok(value),
            Err(Failure::KeyGone) => {
                self.reload().await;
                Err(Refusal::KeyGone)
            }
            Err(Failure::Stale) => Err(Refusal::Stale),
            Err(Failure::Store(error)) => Err(Refusal::Store(error)),
        }
    }
}
