//! Reads a JWT without verifying it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use std::fmt;

/// The header and payload of a JWT. Nothing was verified. `Debug` does not show them.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct UnverifiedJwt {
    /// The JOSE header.
    pub header: Map<String, Value>,
    /// The claims.
    pub payload: Map<String, Value>,
}

impl fmt::Debug for UnverifiedJwt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UnverifiedJwt { .. }")
    }
}

/// Why a text is not a JWT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum JwtError {
    /// It does not have three parts, but this number of parts.
    Parts(usize),
    /// A part (`header` or `payload`) is not base64url.
    Base64(&'static str),
    /// A part is not a JSON object.
    Json(&'static str),
}

impl fmt::Display for JwtError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parts(count) => write!(f, "a JWT has three parts separated by dots, but this has {count}"),
            Self::Base64(part) => write!(f, "its {part} is not base64url"),
            Self::Json(part) => write!(f, "its {part} is not a JSON object"),
        }
    }
}

impl std::error::Error for JwtError {}

impl UnverifiedJwt {
    /// Reads the header and payload of `token`. White space around the token is ignored.
    ///
    /// # Errors
    ///
    /// Returns a [`JwtError`] that names the invalid part.
    pub fn decode(token: &str) -> Result<Self, JwtError> {
        let parts: Vec<&str> = token.trim().split('.').collect();
        let [header, payload, _] = parts[..] else {
            return Err(JwtError::Parts(parts.len()));
        };
        Ok(Self { header: decode_part(header, "header")?, payload: decode_part(payload, "payload")? })
    }

    /// Returns the value of a claim, if it is a string.
    pub fn claim_str(&self, name: &str) -> Option<&str> {
        self.payload.get(name).and_then(Value::as_str)
    }

    /// Returns the value of a claim, if it is a number. For times, it is in seconds since 1970-01-01T00:00:00Z. A
    /// fraction is cut off.
    pub fn claim_seconds(&self, name: &str) -> Option<i64> {
        let value = self.payload.get(name)?;
        value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds as i64))
    }
}

fn decode_part(part: &str, name: &'static str) -> Result<Map<String, Value>, JwtError> {
    let bytes = URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).map_err(|_| JwtError::Base64(name))?;
    serde_json::from_slice(&bytes).map_err(|_| JwtError::Json(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_the_invalid_part() {
        assert_eq!(UnverifiedJwt::decode("a.b"), Err(JwtError::Parts(2)));
        assert_eq!(UnverifiedJwt::decode("!.e30.c"), Err(JwtError::Base64("header")));
        assert_eq!(UnverifiedJwt::decode("e30.MQ.c"), Err(JwtError::Json("payload")));
        assert!(UnverifiedJwt::decode("e30.eyJleHAiOjEuNX0.c").is_ok_and(|jwt| jwt.claim_seconds("exp") == Some(1)));
    }
}
