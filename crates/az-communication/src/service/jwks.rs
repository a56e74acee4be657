//! Verifies a token with published keys (RFC 7517). Only RS256 is supported, because the service signs with it.

use acs_identity_protocol::jwt::UnverifiedJwt;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde_json::Value;

/// The result of the verification of a token with a set of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// One of the keys signed it.
    Valid,
    /// The key that the token names did not sign it.
    Invalid,
    /// The token names a key that is not in the set.
    UnknownKey,
    /// The token names another algorithm than RS256.
    OtherAlgorithm,
}

/// Verifies the signature of a token. Expiry is not checked.
pub fn verify(token: &str, jwt: &UnverifiedJwt, jwks: &Value) -> Verdict {
    let header = |name: &str| jwt.header.get(name).and_then(Value::as_str);
    if header("alg") != Some("RS256") {
        return Verdict::OtherAlgorithm;
    }
    let keys = jwks.get("keys").and_then(Value::as_array);
    let named = keys.into_iter().flatten().find(|key| key.get("kid").and_then(Value::as_str) == header("kid"));
    let Some(key) = named else { return Verdict::UnknownKey };
    let number = |name: &str| {
        let text = key.get(name).and_then(Value::as_str)?;
        URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()
    };
    let verified = || {
        let (signed, signature) = token.trim().rsplit_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let key = RsaPublicKeyComponents { n: number("n")?, e: number("e")? };
        key.verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &signature).ok()
    };
    if verified().is_some() { Verdict::Valid } else { Verdict::Invalid }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_named_rs256_key_verifies_a_token() {
        let token = |header: &str| format!("{}.{}.c2ln", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode("{}"));
        let jwks = serde_json::json!({"keys": [{"kid": "a", "n": "AQAB", "e": "AQAB"}]});
        for (header, verdict) in [
            (r#"{"alg":"none","kid":"a"}"#, Verdict::OtherAlgorithm),
            (r#"{"alg":"HS256","kid":"a"}"#, Verdict::OtherAlgorithm),
            (r#"{"alg":"RS256","kid":"b"}"#, Verdict::UnknownKey),
            (r#"{"alg":"RS256","kid":"a"}"#, Verdict::Invalid),
        ] {
            let token = token(header);
            let jwt = UnverifiedJwt::decode(&token).unwrap();
            assert_eq!(verify(&token, &jwt, &jwks), verdict, "{header}");
        }
    }
}
