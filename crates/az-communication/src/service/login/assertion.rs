//! The signed statement with which an application proves that it has the key of its certificate.

use std::path::Path;

use azure_core::time::OffsetDateTime;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom as _, SystemRandom};
use ring::signature::{RSA_PSS_SHA256, RsaKeyPair};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::json;

use crate::files::text_file;
use crate::service::login::failure::Reason;
use crate::service::login::variables::variable;

/// How long a statement is valid, in seconds. Entra accepts up to a day.
const LIFETIME: i64 = 600;

/// Creates a client assertion for a token endpoint. It is signed with the key in the file of
/// AZURE_CLIENT_CERTIFICATE_PATH.
pub(crate) fn sign(path: &str, audience: &str, client: &str) -> Result<String, Reason> {
    let wrong =
        |why: &str| Reason::Misconfigured(format!("AZURE_CLIENT_CERTIFICATE_PATH, {path}, cannot be used: {why}"));
    let bytes =
        text_file::read_or_wait(Path::new(path), text_file::USUAL).map_err(|fault| wrong(&fault.to_string()))?;
    let has = |text: &[u8]| memchr::memmem::find(&bytes, text).is_some();
    if !has(b"-----BEGIN ") {
        return Err(wrong(
            "it is not a PEM file. Convert PKCS#12 (.pfx, .p12): openssl pkcs12 -in FILE -out FILE.pem -noenc",
        ));
    }
    if has(b"ENCRYPTED") {
        return Err(wrong("its key is encrypted, which is not supported. To decrypt it: openssl pkey -in FILE"));
    }
    let certificates: Vec<CertificateDer<'_>> =
        CertificateDer::pem_slice_iter(&bytes).collect::<Result<_, _>>().map_err(|_| wrong("it is damaged"))?;
    if certificates.is_empty() {
        return Err(wrong("it contains a key, but no certificate"));
    }
    let key = PrivateKeyDer::from_pem_slice(&bytes).map_err(|_| wrong("it contains no private key"))?;
    let key = match &key {
        PrivateKeyDer::Pkcs8(der) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()),
        PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()),
        _ => return Err(wrong("Entra accepts only RSA keys")),
    }
    .map_err(|_| wrong("its key is not an RSA key of 2048 bits or more"))?;

    let is_own = |certificate: &&CertificateDer<'_>| memchr::memmem::find(certificate, key.public().as_ref()).is_some();
    let leaf = certificates.iter().find(is_own).ok_or_else(|| wrong("none of its certificates belongs to its key"))?;
    let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let thumbprint = URL_SAFE_NO_PAD.encode(digest(&SHA256, leaf));
    let mut header = json!({"alg": "PS256", "typ": "JWT", "x5t#S256": thumbprint});
    // As in Azure's SDKs, the chain of certificates allows Entra to trust the subject and the issuer instead of this
    // one certificate.
    if variable("AZURE_CLIENT_SEND_CERTIFICATE_CHAIN").is_some_and(|v| v == "1" || v.eq_ignore_ascii_case("true")) {
        header["x5c"] = certificates.iter().map(|certificate| STANDARD.encode(certificate)).collect();
    }
    let random = SystemRandom::new();
    let mut id = [0; 16];
    random.fill(&mut id).map_err(|_| wrong("no random numbers are available"))?;
    let now = OffsetDateTime::now_utc().unix_timestamp();
    let claims = json!({
        "aud": audience,
        "iss": client,
        "sub": client,
        "jti": URL_SAFE_NO_PAD.encode(id),
        "nbf": now,
        "exp": now + LIFETIME,
    });
    let signed = format!("{}.{}", part(header), part(claims));
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PSS_SHA256, &random, signed.as_bytes(), &mut signature).map_err(|_| wrong("its key cannot sign"))?;
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}
