//! Encrypts what must stay secret: the keys and all settings, because the certificates are one.

use crate::crypto::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use super::fault::Fault;
use crate::database::StoreKey;
use crate::random;

/// The first byte of a value in clear.
const CLEAR: u8 = 0;
/// The first byte of a value that is encrypted with AES-256-GCM. The nonce follows, and then the text with its tag.
const ENCRYPTED: u8 = 1;

/// What the database holds to tell whether a process has the right key.
const PROOF: &[u8] = b"the key of the store";
const PROOF_NAME: &str = "service";

/// Encrypts and decrypts values, or leaves them in clear if there is no key.
#[derive(Clone)]
pub(super) struct Secrets(Option<std::sync::Arc<LessSafeKey>>);

/// Why the values of a database cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mismatch {
    /// They are encrypted, and there is no key.
    NoKey,
    /// They are encrypted with another key.
    OtherKey,
    /// They are in clear, and there is a key.
    InClear,
}

impl Secrets {
    pub(super) fn new(key: Option<&StoreKey>) -> Self {
        // The length is the one of the algorithm, so a key is always made.
        let made = key.and_then(|key| UnboundKey::new(&AES_256_GCM, key.bytes()).ok());
        Self(made.map(|key| std::sync::Arc::new(LessSafeKey::new(key))))
    }

    /// Returns a value as it is stored under a name. A value that was moved to another name cannot be read.
    pub(super) fn seal(&self, name: &str, value: &[u8]) -> Result<Vec<u8>, Fault> {
        let Some(key) = &self.0 else { return Ok([&[CLEAR], value].concat()) };
        let nonce = random::bytes::<NONCE_LEN>().map_err(|error| Fault::Failed(error.to_string()))?;
        let mut sealed = value.to_vec();
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(name), &mut sealed)
            .map_err(|_| Fault::Failed("a secret cannot be encrypted".to_owned()))?;
        Ok([&[ENCRYPTED][..], &nonce, &sealed].concat())
    }

    /// Returns the value that is stored under a name.
    pub(super) fn open(&self, name: &str, stored: &[u8]) -> Result<Vec<u8>, Fault> {
        let damaged = |why: &str| Fault::Damaged(format!("the value of {name} {why}"));
        match (stored.split_first(), &self.0) {
            (Some((&CLEAR, value)), None) => Ok(value.to_vec()),
            (Some((&ENCRYPTED, rest)), Some(key)) => {
                let (nonce, sealed) = rest.split_first_chunk::<NONCE_LEN>().ok_or_else(|| damaged("is too short"))?;
                let mut sealed = sealed.to_vec();
                let nonce = Nonce::assume_unique_for_key(*nonce);
                let opened = key.open_in_place(nonce, Aad::from(name), &mut sealed);
                Ok(opened.map_err(|_| damaged("cannot be decrypted with the key of the store"))?.to_vec())
            }
            // A value in clear would otherwise be a way around the key for somebody who can write to the database.
            (Some((&CLEAR, _)), Some(_)) => Err(damaged("is in clear, but the store has a key")),
            (Some((&ENCRYPTED, _)), None) => Err(damaged("is encrypted, but there is no key of the store")),
            _ => Err(damaged("has an unknown form")),
        }
    }

    /// Makes what [`Self::check`] checks later.
    pub(super) fn proof(&self) -> Result<Vec<u8>, Fault> {
        self.seal(PROOF_NAME, PROOF)
    }

    /// Checks whether the key is the one with which the values of a database are encrypted.
    pub(super) fn check(&self, proof: &[u8]) -> Result<(), Mismatch> {
        match (proof.first(), &self.0) {
            (Some(&CLEAR), Some(_)) => Err(Mismatch::InClear),
            (Some(&CLEAR), None) => Ok(()),
            (_, None) => Err(Mismatch::NoKey),
            (_, Some(_)) => self.open(PROOF_NAME, proof).map(drop).map_err(|_| Mismatch::OtherKey),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_key(byte: u8) -> Secrets {
        let digits = format!("{byte:02x}").repeat(31) + "ff";
        Secrets::new(Some(&StoreKey::parse(&digits).unwrap()))
    }

    #[test]
    fn a_value_is_read_only_with_its_key_and_under_its_name() {
        let secrets = with_key(1);
        let sealed = secrets.seal("a", b"value").unwrap();
        assert!(!sealed.windows(5).any(|part| part == b"value"));
        assert_eq!(secrets.open("a", &sealed).unwrap(), b"value");
        assert!(secrets.open("b", &sealed).is_err());
        assert!(with_key(2).open("a", &sealed).is_err());
        assert!(Secrets::new(None).open("a", &sealed).is_err());
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(secrets.open("a", &changed).is_err(), "byte {at}");
            assert!(secrets.open("a", &sealed[..at]).is_err(), "{at} bytes");
        }
    }

    #[test]
    fn two_encryptions_of_a_value_differ() {
        let secrets = with_key(1);
        assert_ne!(secrets.seal("a", b"value").unwrap(), secrets.seal("a", b"value").unwrap());
    }

    #[test]
    fn a_value_in_clear_is_not_accepted_by_a_store_with_a_key() {
        let clear = Secrets::new(None);
        let stored = clear.seal("a", b"value").unwrap();
        assert_eq!(clear.open("a", &stored).unwrap(), b"value");
        assert!(with_key(1).open("a", &stored).is_err());
    }

    #[test]
    fn the_proof_tells_a_missing_another_and_a_needless_key() {
        let (clear, one, two) = (Secrets::new(None), with_key(1), with_key(2));
        let proof = one.proof().unwrap();
        assert_eq!(one.check(&proof), Ok(()));
        assert_eq!((two.check(&proof), clear.check(&proof)), (Err(Mismatch::OtherKey), Err(Mismatch::NoKey)));
        let proof = clear.proof().unwrap();
        assert_eq!((clear.check(&proof), one.check(&proof)), (Ok(()), Err(Mismatch::InClear)));
    }
}
