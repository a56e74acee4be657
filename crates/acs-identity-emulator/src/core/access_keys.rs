//! The two access keys of the resource, and what ends with them.

use std::sync::{PoisonError, RwLock};

use acs_identity_protocol::AccessKey;
use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};

use super::{Core, Refusal, Refused};
use crate::config::Config;
use crate::store::{Store, Write};

/// By what a caller has authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeySlot {
    /// The primary access key.
    Primary,
    /// The secondary access key.
    Secondary,
    /// An Entra token.
    Entra,
}

impl KeySlot {
    pub(super) const ALL: [Self; 3] = [Self::Primary, Self::Secondary, Self::Entra];

    pub(super) fn signing_key_file(self) -> &'static str {
        match self {
            Self::Primary => "token-key.pem",
            Self::Secondary => "token-key-secondary.pem",
            Self::Entra => "token-key-entra.pem",
        }
    }

    /// Where the keys have that of the slot. Callers with an Entra token have none and regenerate none.
    fn access_key(self) -> usize {
        match self {
            Self::Primary => 0,
            Self::Secondary => 1,
            Self::Entra => unreachable!("an Entra token is no access key"),
        }
    }

    /// Under what name the store has the key.
    pub(super) fn setting(self) -> &'static str {
        match self {
            Self::Primary => "primary_key",
            _ => "secondary_key",
        }
    }
}

/// The keys. There are two, so that one can be regenerated while apps use the other.
pub(crate) struct AccessKeys {
    keys: RwLock<[AccessKey; 2]>,
}

fn random_key(random: &SystemRandom) -> Result<AccessKey, String> {
    let mut bytes = vec![0; 64];
    random.fill(&mut bytes).map_err(|_| "no random numbers".to_owned())?;
    Ok(AccessKey::from_bytes(bytes))
}

impl AccessKeys {
    /// The primary key: given, else that of the last regeneration, else the well-known one. The secondary one is random.
    pub(super) fn load(store: &Store, config: &Config, random: &SystemRandom) -> Result<Self, String> {
        let stored = |slot: KeySlot| -> Result<Option<AccessKey>, String> {
            Ok(store.setting(slot.setting())?.and_then(|text| text.parse().ok()))
        };
        let primary = match &config.access_key {
            Some(key) => key.clone(),
            None => stored(KeySlot::Primary)?.unwrap_or_else(AccessKey::development),
        };
        let secondary = match stored(KeySlot::Secondary)? {
            Some(key) => key,
            None => random_key(random)?,
        };
        Ok(Self { keys: RwLock::new([primary, secondary]) })
    }

    /// The key of a slot.
    pub(crate) fn get(&self, slot: KeySlot) -> AccessKey {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys[slot.access_key()].clone()
    }

    /// The slot whose key made this signature over one of the texts.
    pub(crate) fn verify(&self, mut texts: impl Iterator<Item = String>, signature: &str) -> Option<KeySlot> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        texts.find_map(|text| {
            let fits = |slot: &KeySlot| keys[slot.access_key()].verify(&text, signature);
            [KeySlot::Primary, KeySlot::Secondary].into_iter().find(fits)
        })
    }
}

impl Core {
    /// Regenerates a key. What the former one made is revoked: its signing key is gone, here and among the published ones.
    pub(crate) async fn regenerate_key(&self, slot: KeySlot) -> Refused<()> {
        let key = random_key(&self.random).map_err(Refusal::fault)?;
        let write = Write::Setting { name: slot.setting(), value: key.to_base64(), replace: true };
        self.write(write).await?;
        self.token_keys[slot as usize].discard().map_err(Refusal::fault)?;
        let mut keys = self.access_keys.keys.write().unwrap_or_else(PoisonError::into_inner);
        keys[slot.access_key()] = key;
        Ok(())
    }
}
