//! The RSA keys that sign tokens, and JWTs signed with them.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::digest;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaPublicKeyComponents};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::files;
use crate::error::Error;

/// An RSA key of 2048 bits and the parts of a JWT that depend on it only.
pub(crate) struct SigningKey {
    pair: KeyPair,
    modulus: Vec<u8>,
    exponent: Vec<u8>,
    kid: String,
    x5t: String,
    /// The encoded header and the dot behind it, the same for every token.
    header: String,
    random: SystemRandom,
}

/// A key that is made or loaded when it is first needed, and can be replaced.
pub(crate) struct LazySigningKey {
    path: Option<PathBuf>,
    key: RwLock<Option<Arc<SigningKey>>>,
}

impl LazySigningKey {
    /// A key in that file of the folder, or in memory.
    pub(crate) fn new(folder: Option<&Path>, file: &str) -> Self {
        Self { path: folder.map(|folder| folder.join(file)), key: RwLock::new(None) }
    }

    fn loaded(&self) -> Option<Arc<SigningKey>> {
        self.key.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The key, loaded or made now if it was not before.
    pub(crate) fn get(&self) -> Result<Arc<SigningKey>, Error> {
        if let Some(key) = self.loaded() {
            return Ok(key);
        }
        let mut slot = self.key.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = &*slot {
            return Ok(Arc::clone(key));
        }
        let key = Arc::new(SigningKey::load_or_make(self.path.as_deref())?);
        *slot = Some(Arc::clone(&key));
        Ok(key)
    }

    /// The key, if there is one already.
    pub(crate) fn existing(&self) -> Result<Option<Arc<SigningKey>>, Error> {
        match self.loaded() {
            None if self.path.as_ref().is_some_and(|path| path.exists()) => self.get().map(Some),
            loaded => Ok(loaded),
        }
    }

    /// Forgets the key, for good: what it signed is not ours any more.
    pub(crate) fn discard(&self) -> Result<(), Error> {
        let mut slot = self.key.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(path) = &self.path {
            files::remove(path)?;
        }
        *slot = None;
        Ok(())
    }
}

fn crypto(error: impl std::fmt::Display) -> Error {
    Error::Crypto(error.to_string())
}

const PEM_BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const PEM_END: &str = "-----END PRIVATE KEY-----";

impl SigningKey {
    fn load_or_make(path: Option<&Path>) -> Result<Self, Error> {
        if let Some(path) = path
            && let Some(pem) = files::read(path)?
        {
            let content = |what: &str| Error::Content(path.to_owned(), what.to_owned());
            let text = pem.trim().strip_prefix(PEM_BEGIN).and_then(|rest| rest.strip_suffix(PEM_END));
            let text: String = text.unwrap_or_default().split_whitespace().collect();
            let der = STANDARD.decode(text).map_err(|_| content("is not a PEM private key"))?;
            return Self::new(KeyPair::from_pkcs8(&der).map_err(|_| content("holds no RSA private key"))?);
        }
        let pair = KeyPair::generate(KeySize::Rsa2048).map_err(crypto)?;
        if let Some(path) = path {
            let der = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).map_err(crypto)?;
            let encoded = STANDARD.encode(der.as_ref());
            let lines: Vec<&str> =
                encoded.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
            files::write(path, format!("{PEM_BEGIN}\n{}\n{PEM_END}\n", lines.join("\n")).as_bytes())?;
        }
        Self::new(pair)
    }

    fn new(pair: KeyPair) -> Result<Self, Error> {
        let public = pair.public_key();
        let modulus = public.modulus().big_endian_without_leading_zero().to_vec();
        let exponent = public.exponent().big_endian_without_leading_zero().to_vec();
        // The service's kid is the thumbprint of a certificate; ours is that of the public key.
        let thumbprint = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, public.as_ref());
        let kid: String = thumbprint.as_ref().iter().map(|byte| format!("{byte:02X}")).collect();
        let x5t = URL_SAFE_NO_PAD.encode(thumbprint.as_ref());
        let header = format!(r#"{{"alg":"RS256","kid":"{kid}","x5t":"{x5t}","typ":"JWT"}}"#);
        let header = URL_SAFE_NO_PAD.encode(header) + ".";
        Ok(Self { pair, modulus, exponent, kid, x5t, header, random: SystemRandom::new() })
    }

    /// Signs a payload as a JWT. By hand: JWT libraries parse the key for each token (docs/decisions/cryptography.md).
    pub(crate) fn sign(&self, payload: &impl serde::Serialize) -> Result<String, Error> {
        let payload = serde_json::to_vec(payload).map_err(crypto)?;
        let mut token = String::with_capacity(self.header.len() + payload.len() * 4 / 3 + 360);
        token.push_str(&self.header);
        URL_SAFE_NO_PAD.encode_string(payload, &mut token);
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair.sign(&RSA_PKCS1_SHA256, &self.random, token.as_bytes(), &mut signature).map_err(crypto)?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }

    /// Verifies a JWT of this key: its claims where the signature is ours and the algorithm RS256. Expiry is not checked.
    pub(crate) fn verify(&self, token: &str) -> Option<Value> {
        verify_jwt(token, &self.kid, &self.modulus, &self.exponent)
    }

    /// The key's id.
    pub(crate) fn kid(&self) -> &str {
        &self.kid
    }

    /// The public key as a JWK.
    pub(crate) fn jwk(&self) -> Value {
        json!({
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid, "x5t": self.x5t,
            "n": URL_SAFE_NO_PAD.encode(&self.modulus), "e": URL_SAFE_NO_PAD.encode(&self.exponent),
        })
    }
}

/// Verifies a JWT with the keys of a JWKS document.
pub(crate) fn verify_with_jwks(token: &str, jwks: &Value) -> Option<Value> {
    let kid = key_id(token)?;
    let keys = jwks.get("keys")?.as_array()?;
    let key = keys.iter().find(|key| key.get("kid").and_then(Value::as_str) == Some(&kid))?;
    let number = |name: &str| URL_SAFE_NO_PAD.decode(key.get(name)?.as_str()?.trim_end_matches('=')).ok();
    verify_jwt(token, &kid, &number("n")?, &number("e")?)
}

/// The `kid` of a JWT's header.
pub(crate) fn key_id(token: &str) -> Option<String> {
    let header = json_part(token.split('.').next()?)?;
    header.get("kid")?.as_str().map(str::to_owned)
}

/// Verifies a JWT with a public key: alg RS256, that kid, that signature.
fn verify_jwt(token: &str, kid: &str, modulus: &[u8], exponent: &[u8]) -> Option<Value> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, payload) = signed.split_once('.')?;
    let header = json_part(header)?;
    if header.get("alg")?.as_str()? != "RS256" || header.get("kid")?.as_str()? != kid {
        return None;
    }
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    RsaPublicKeyComponents { n: modulus, e: exponent }
        .verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &signature)
        .ok()?;
    json_part(payload).filter(Value::is_object)
}

/// The JSON of a part of a JWT.
fn json_part(part: &str) -> Option<Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_verify_until_a_byte_changes() -> Result<(), Error> {
        let key = SigningKey::load_or_make(None)?;
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
}
