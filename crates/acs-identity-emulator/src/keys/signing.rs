//! The RSA keys that sign tokens, and the JWTs that are signed with them.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::crypto::rand::SystemRandom;
use crate::crypto::signature::{
    KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents,
};
use crate::crypto::{digest, new_rsa_key, public_rsa_key};
use crate::der::element;
use crate::error::Error;

/// An RSA key of 2048 bits, and the parts of a JWT that depend only on the key.
pub(crate) struct SigningKey {
    pair: RsaKeyPair,
    modulus: Vec<u8>,
    exponent: Vec<u8>,
    kid: String,
    /// The public key in the published form.
    jwk: Value,
    /// The encoded header and the dot after it. They are the same for every token.
    header: String,
    random: SystemRandom,
}

/// What the signature of a JWT is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Signature {
    /// The key that the JWT names made it.
    Valid,
    /// The key that the JWT names did not make it.
    Invalid,
    /// The key that the JWT names is not known.
    UnknownKey,
}

fn crypto(error: impl std::fmt::Display) -> Error {
    Error::Crypto(error.to_string())
}

const PEM_BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const PEM_END: &str = "-----END PRIVATE KEY-----";

/// Returns the private key in a PEM file, in PKCS #8, or `None` if there is none.
pub(crate) fn pkcs8_of_pem(pem: &str) -> Option<Vec<u8>> {
    let text = pem.trim().strip_prefix(PEM_BEGIN)?.strip_suffix(PEM_END)?;
    let text: String = text.split_whitespace().collect();
    STANDARD.decode(text).ok()
}

/// Returns the attributes of a PKCS #8 structure. Keys that were generated have none.
fn attributes(pkcs8: &[u8]) -> &[u8] {
    let Some((_, mut rest, _)) = element(pkcs8) else { return &[] };
    // Before them are the version, the algorithm and the key.
    for _ in 0..3 {
        rest = element(rest).map_or(&[], |(_, _, behind)| behind);
    }
    rest
}

impl SigningKey {
    /// Makes a key, in PKCS #8.
    pub(crate) fn generate() -> Result<Vec<u8>, Error> {
        new_rsa_key().map_err(crypto)
    }

    /// Reads a key in PKCS #8.
    pub(crate) fn from_pkcs8(pkcs8: &[u8]) -> Result<Self, Error> {
        let pair = RsaKeyPair::from_pkcs8(pkcs8).map_err(crypto)?;
        let (modulus, exponent) = public_rsa_key(&pair);
        // The service's kid is the thumbprint of a certificate. The emulator uses the thumbprint of the public key, and
        // of the mark by which several test keys differ (`crypto/test_key.rs`).
        let mut thumbprint = digest::Context::new(&digest::SHA1_FOR_LEGACY_USE_ONLY);
        thumbprint.update(pair.public_key().as_ref());
        thumbprint.update(attributes(pkcs8));
        let thumbprint = thumbprint.finish();
        let kid: String = thumbprint.as_ref().iter().map(|byte| format!("{byte:02X}")).collect();
        let x5t = URL_SAFE_NO_PAD.encode(thumbprint.as_ref());
        let header = format!(r#"{{"alg":"RS256","kid":"{kid}","x5t":"{x5t}","typ":"JWT"}}"#);
        let header = URL_SAFE_NO_PAD.encode(header) + ".";
        let jwk = json!({
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "x5t": x5t,
            "n": URL_SAFE_NO_PAD.encode(&modulus), "e": URL_SAFE_NO_PAD.encode(&exponent),
        });
        Ok(Self { pair, modulus, exponent, kid, jwk, header, random: SystemRandom::new() })
    }

    /// Signs a payload as a JWT. It does not use a JWT library, because such libraries parse the key for each token
    /// (docs/decisions/cryptography.md).
    pub(crate) fn sign(&self, payload: &impl serde::Serialize) -> Result<String, Error> {
        let payload = serde_json::to_vec(payload).map_err(crypto)?;
        let mut token = String::with_capacity(self.header.len() + payload.len() * 4 / 3 + 360);
        token.push_str(&self.header);
        URL_SAFE_NO_PAD.encode_string(payload, &mut token);
        let mut signature = vec![0; self.modulus.len()];
        self.pair.sign(&RSA_PKCS1_SHA256, &self.random, token.as_bytes(), &mut signature).map_err(crypto)?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }

    /// Verifies a JWT. Returns its claims if this key signed it and the algorithm is RS256. The expiry is not checked.
    pub(crate) fn verify(&self, token: &str) -> Option<Value> {
        verify_jwt(token, &self.kid, &self.modulus, &self.exponent)
    }

    /// Returns the key's id.
    pub(crate) fn kid(&self) -> &str {
        &self.kid
    }

    /// Returns the public key as a JWK.
    pub(crate) fn jwk(&self) -> &Value {
        &self.jwk
    }
}

/// Verifies a JWT with the keys of a JWKS document.
pub(crate) fn verify_with_jwks(token: &str, jwks: &Value) -> Option<Value> {
    let kid = key_id(token)?;
    let keys = jwks.get("keys")?.as_array()?;
    let key =
        keys.iter().filter(|key| is_usable(key)).find(|key| key.get("kid").and_then(Value::as_str) == Some(&kid))?;
    let number = |name: &str| URL_SAFE_NO_PAD.decode(key.get(name)?.as_str()?.trim_end_matches('=')).ok();
    verify_jwt(token, &kid, &number("n")?, &number("e")?)
}

/// Returns whether a JWKS document has a usable key with this id.
pub(crate) fn has_key(jwks: &Value, kid: &str) -> bool {
    let is_it = |key: &Value| is_usable(key) && key.get("kid").and_then(Value::as_str) == Some(kid);
    jwks.get("keys").and_then(Value::as_array).is_some_and(|keys| keys.iter().any(is_it))
}

/// Returns how many keys of a JWKS document can verify tokens.
pub(crate) fn usable_keys(jwks: &Value) -> usize {
    jwks.get("keys").and_then(Value::as_array).map_or(0, |keys| keys.iter().filter(|key| is_usable(key)).count())
}

/// Checks whether a JWK is for RS256 signatures (RFC 7517, section 4) and has an accepted length.
fn is_usable(key: &Value) -> bool {
    let text = |name: &str| key.get(name).and_then(Value::as_str);
    let bytes = |name: &str| URL_SAFE_NO_PAD.decode(text(name)?.trim_end_matches('=')).ok();
    let operations =
        key.get("key_ops").map(|operations| operations.as_array().is_some_and(|all| all.contains(&json!("verify"))));
    let without_zeros = |bytes: Vec<u8>| bytes.into_iter().skip_while(|byte| *byte == 0).collect::<Vec<u8>>();
    let modulus = bytes("n").map_or(0, |modulus| without_zeros(modulus).len());
    let exponent = bytes("e").map(without_zeros);
    text("kty").is_none_or(|kind| kind == "RSA")
        && text("use").is_none_or(|purpose| purpose == "sig")
        && text("alg").is_none_or(|algorithm| algorithm == "RS256")
        && operations.unwrap_or(true)
        && (256..=1024).contains(&modulus)
        && exponent.is_some_and(|exponent| !matches!(exponent[..], [] | [1]))
}

/// Returns the `kid` of a JWT's header.
pub(crate) fn key_id(token: &str) -> Option<String> {
    let header = json_part(token.split('.').next()?)?;
    header.get("kid")?.as_str().map(str::to_owned)
}

/// Verifies a JWT with a public key: the alg must be RS256, and the kid and the signature must match.
fn verify_jwt(token: &str, kid: &str, modulus: &[u8], exponent: &[u8]) -> Option<Value> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, payload) = signed.split_once('.')?;
    let header = json_part(header)?;
    if header.get("alg")?.as_str()? != "RS256" || header.get("kid")?.as_str()? != kid {
        return None;
    }
    // These extensions are not implemented, so tokens that require them must be refused (RFC 7515, section 4.1.11; RFC
    // 7797; RFC 7516).
    if ["crit", "b64", "zip"].iter().any(|name| header.get(name).is_some()) {
        return None;
    }
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    RsaPublicKeyComponents { n: modulus, e: exponent }
        .verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &signature)
        .ok()?;
    json_part(payload).filter(Value::is_object)
}

/// Parses a part of a JWT as JSON.
fn json_part(part: &str) -> Option<Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_verify_until_a_byte_changes() -> Result<(), Error> {
        let key = SigningKey::from_pkcs8(&SigningKey::generate()?)?;
        let token = key.sign(&json!({"a": 1}))?;
        assert_eq!(key.verify(&token), Some(json!({"a": 1})));
        let (signed, signature) = token.rsplit_once('.').unwrap_or_default();
        for broken in [
            format!("{signed}x.{signature}"),
            format!("{signed}."),
            format!("{}.{signature}", signed.replacen("eyJ", "eyK", 1)),
            format!("{}.{}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#), URL_SAFE_NO_PAD.encode(r#"{"a":1}"#)),
        ] {
            assert_eq!(key.verify(&broken), None, "{broken}");
        }
        Ok(())
    }

    #[test]
    fn the_published_half_is_made_once() -> Result<(), Error> {
        let key = SigningKey::from_pkcs8(&SigningKey::generate()?)?;
        assert!(std::ptr::eq(key.jwk(), key.jwk()));
        let token = key.sign(&json!({"a": 1}))?;
        assert_eq!(verify_with_jwks(&token, &json!({"keys": [key.jwk()]})), Some(json!({"a": 1})));
        Ok(())
    }

    #[test]
    fn only_rsa_keys_for_signatures_are_used_of_a_key_set() -> Result<(), Error> {
        let key = SigningKey::from_pkcs8(&SigningKey::generate()?)?;
        let token = key.sign(&json!({"a": 1}))?;
        let with = |name: &str, value: Value| {
            let mut jwk = key.jwk().clone();
            jwk[name] = value;
            json!({"keys": [jwk]})
        };
        for (name, value, usable) in [
            ("use", json!("sig"), true),
            ("use", json!("enc"), false),
            ("key_ops", json!(["verify"]), true),
            ("key_ops", json!(["encrypt"]), false),
            ("alg", json!("HS256"), false),
            ("kty", json!("EC"), false),
            ("e", json!("AQ"), false),
            ("n", json!("AQAB"), false),
        ] {
            let jwks = with(name, value.clone());
            assert_eq!(verify_with_jwks(&token, &jwks).is_some(), usable, "{name} {value}");
            assert_eq!(usable_keys(&jwks), usize::from(usable), "{name} {value}");
        }
        assert_eq!(usable_keys(&json!({"keys": []})), 0);
        assert_eq!(usable_keys(&json!({})), 0);
        Ok(())
    }
}
