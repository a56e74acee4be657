//! The provider of cryptography. Only this folder names one (docs/decisions/cryptography.md).
//!
//! With the features `sqlite` or `postgres`, which the program turns on, it is aws-lc-rs: it signs twice as many
//! tokens, and can make RSA keys. Otherwise it is ring, which needs no build of AWS-LC and starts at once. ring cannot
//! make RSA keys, so tokens are then signed by a test key.

#[cfg(any(feature = "sqlite", feature = "postgres"))]
#[path = "aws_lc.rs"]
mod provider;
#[cfg(not(any(feature = "sqlite", feature = "postgres")))]
#[path = "ring.rs"]
mod provider;
#[cfg(any(not(any(feature = "sqlite", feature = "postgres")), test))]
mod test_key;

#[cfg(feature = "postgres")]
pub(crate) use provider::aead;
pub(crate) use provider::{
    CERTIFICATE_ALGORITHM, digest, new_ecdsa_key, new_rsa_key, public_rsa_key, rand, signature, tls,
};
