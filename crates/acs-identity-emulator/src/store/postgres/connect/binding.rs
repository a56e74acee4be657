//! Channel binding: the digest of the server's certificate, by which a password exchange proves that nobody is in
//! between (`tls-server-end-point` of RFC 5929).

use crate::crypto::digest::{self, Algorithm, SHA256, SHA384, SHA512};
use crate::der::{OBJECT_ID, SEQUENCE, element};

/// Identifiers of signature algorithms, as the content of an OBJECT IDENTIFIER, and the digest to use.
const ALGORITHMS: [(&[u8], &Algorithm); 10] = [
    // RSA with MD5 and with SHA-1. RFC 5929 takes SHA-256 for both.
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 4], &SHA256),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5], &SHA256),
    // RSA with SHA-256, SHA-384 and SHA-512.
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11], &SHA256),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 12], &SHA384),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 13], &SHA512),
    // ECDSA with SHA-1, SHA-256, SHA-384 and SHA-512.
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 1], &SHA256),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2], &SHA256),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3], &SHA384),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4], &SHA512),
    // DSA with SHA-256.
    (&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 2], &SHA256),
];

/// Returns the digest of a certificate. Returns `None` if its signature has no digest of its own, as in Ed25519.
pub(super) fn digest(certificate: &[u8]) -> Option<Vec<u8>> {
    let (SEQUENCE, content, _) = element(certificate)? else { return None };
    let (SEQUENCE, _, behind) = element(content)? else { return None };
    let (SEQUENCE, algorithm, _) = element(behind)? else { return None };
    let (OBJECT_ID, id, _) = element(algorithm)? else { return None };
    let (_, digest) = ALGORITHMS.iter().find(|(known, _)| *known == id)?;
    Some(digest::digest(digest, certificate).as_ref().to_vec())
}
