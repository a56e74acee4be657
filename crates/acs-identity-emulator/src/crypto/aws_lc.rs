//! aws-lc-rs.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _, RsaKeyPair};
use rustls::crypto::{CryptoProvider, aws_lc_rs as of_rustls};
use rustls::pki_types::SignatureVerificationAlgorithm;

#[cfg(feature = "postgres")]
pub(crate) use aws_lc_rs::aead;
pub(crate) use aws_lc_rs::{digest, rand, signature};

/// The algorithm of the emulator's own certificates: ECDSA with P-256 and SHA-256.
pub(crate) const CERTIFICATE_ALGORITHM: &dyn SignatureVerificationAlgorithm = webpki::aws_lc_rs::ECDSA_P256_SHA256;

/// Makes an RSA key of 2048 bits, in PKCS #8.
pub(crate) fn new_rsa_key() -> Result<Vec<u8>, Unspecified> {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048)?;
    Ok(AsDer::<Pkcs8V1Der<'_>>::as_der(&pair)?.as_ref().to_vec())
}

/// Returns the modulus and the exponent of a key, without leading zeros.
pub(crate) fn public_rsa_key(pair: &RsaKeyPair) -> (Vec<u8>, Vec<u8>) {
    let public = pair.public_key();
    let (modulus, exponent) = (public.modulus(), public.exponent());
    (modulus.big_endian_without_leading_zero().to_vec(), exponent.big_endian_without_leading_zero().to_vec())
}

/// Makes a key for ECDSA with P-256.
pub(crate) fn new_ecdsa_key() -> Result<EcdsaKeyPair, Unspecified> {
    EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING)
}

/// The provider for TLS. It is named explicitly, because the client crates of the workspace enable a second one.
pub(crate) fn tls() -> CryptoProvider {
    of_rustls::default_provider()
}
