//! ring, for the crate without SQLite.

use ring::error::Unspecified;
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, RsaKeyPair};
use rustls::crypto::{CryptoProvider, ring as of_rustls};
use rustls::pki_types::SignatureVerificationAlgorithm;

use super::test_key;

pub(crate) use ring::{digest, rand, signature};

/// The algorithm of the emulator's own certificates: ECDSA with P-256 and SHA-256.
pub(crate) const CERTIFICATE_ALGORITHM: &dyn SignatureVerificationAlgorithm = webpki::ring::ECDSA_P256_SHA256;

/// Returns the test key, in PKCS #8. ring cannot make RSA keys.
pub(crate) fn new_rsa_key() -> Result<Vec<u8>, Unspecified> {
    let mut mark = [0; test_key::MARK];
    rand::SecureRandom::fill(&SystemRandom::new(), &mut mark)?;
    Ok(test_key::with_mark(&mark))
}

/// Returns the modulus and the exponent of a key, without leading zeros.
pub(crate) fn public_rsa_key(pair: &RsaKeyPair) -> (Vec<u8>, Vec<u8>) {
    let PublicKeyComponents { n, e } = pair.public().into();
    (n, e)
}

/// Makes a key for ECDSA with P-256.
pub(crate) fn new_ecdsa_key() -> Result<EcdsaKeyPair, Unspecified> {
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random)?;
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref(), &random).map_err(|_| Unspecified)
}

/// The provider for TLS. It is named explicitly, because other crates may enable a second one.
pub(crate) fn tls() -> CryptoProvider {
    of_rustls::default_provider()
}
