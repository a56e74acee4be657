//! Access keys and the HMAC-SHA256 signature of a request (docs/service.md, section 2.1).
//!
//! A signed request has these headers:
//!
//! ```text
//! x-ms-date: <RFC 1123, GMT>
//! x-ms-content-sha256: base64(SHA-256(body))
//! Authorization: HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=<base64>
//!
//! string-to-sign = VERB \n path-and-query \n <date>;<host>;<content hash>
//! signature      = base64(HMAC-SHA256(base64-decode(access key), string-to-sign))
//! ```

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use zeroize::Zeroize as _;

use crate::development::DEVELOPMENT_ACCESS_KEY;
use crate::time::http_date;

/// The header with the date of the signature.
pub const DATE_HEADER: &str = "x-ms-date";

/// The header with the hash of the body ([`content_hash`]).
pub const CONTENT_HASH_HEADER: &str = "x-ms-content-sha256";

/// The signed headers, in the order in which their values are joined. All SDKs use this order.
pub const SIGNED_HEADERS: &str = "x-ms-date;host;x-ms-content-sha256";

/// The largest accepted difference between the clocks of client and service, in seconds.
pub const MAX_CLOCK_SKEW_SECONDS: i64 = 300;

/// Returns the content hash: the SHA-256 of the body, in base64. An empty body is hashed, too.
pub fn content_hash(body: &[u8]) -> String {
    STANDARD.encode(Sha256::digest(body))
}

/// Returns the string to sign. `method` is in upper case, `path_and_query` is the request target as it is sent, and
/// `signed_values` are the values of the signed headers in their order.
pub fn string_to_sign(method: &str, path_and_query: &str, signed_values: &[&str]) -> String {
    format!("{method}\n{path_and_query}\n{}", signed_values.join(";"))
}

/// Returns the value of the `Authorization` header for a signature over [`SIGNED_HEADERS`].
pub fn authorization(signature: &str) -> String {
    format!("HMAC-SHA256 SignedHeaders={SIGNED_HEADERS}&Signature={signature}")
}

/// The parts of an `Authorization: HMAC-SHA256 …` header. `Debug` does not show the signature.
#[derive(Clone, PartialEq, Eq)]
pub struct HmacAuthorization<'a> {
    /// The names of the signed headers, in the order of the header.
    pub signed_headers: Vec<&'a str>,
    /// The signature, in base64.
    pub signature: &'a str,
}

impl fmt::Debug for HmacAuthorization<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HmacAuthorization").field("signed_headers", &self.signed_headers).finish_non_exhaustive()
    }
}

impl<'a> HmacAuthorization<'a> {
    /// Reads the text after the scheme name, `SignedHeaders=…&Signature=…`. Returns `None` if one of the two is
    /// missing. Other parameters are ignored.
    pub fn parse(parameters: &'a str) -> Option<Self> {
        let mut signed_headers = None;
        let mut signature = None;
        for parameter in parameters.trim().split('&') {
            let (name, value) = parameter.split_once('=')?;
            match name {
                "SignedHeaders" => signed_headers = Some(value.split(';').collect()),
                "Signature" => signature = Some(value),
                _ => {}
            }
        }
        Some(Self { signed_headers: signed_headers?, signature: signature? })
    }
}

/// An access key. Parse one from base64 with [`str::parse`]. `Debug` does not show it, and its memory is overwritten
/// when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessKey(Vec<u8>);

/// The text is not base64, or decodes to zero bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidAccessKey;

impl fmt::Display for InvalidAccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the access key is not valid base64")
    }
}

impl std::error::Error for InvalidAccessKey {}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessKey(..)")
    }
}

impl Drop for AccessKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl FromStr for AccessKey {
    type Err = InvalidAccessKey;

    /// Decodes base64 as Python does: characters outside the alphabet are skipped, and the padding must be complete.
    ///
    /// # Errors
    ///
    /// Returns [`InvalidAccessKey`] if the text is not base64 or decodes to zero bytes.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut clean = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                'A'..='Z' | 'a'..='z' | '0'..='9' | '+' | '/' => clean.push(c),
                '=' if clean.len() % 4 >= 2 => {
                    clean.push('=');
                    if clean.len().is_multiple_of(4) {
                        break;
                    }
                }
                _ => {}
            }
        }
        let engine = base64::engine::GeneralPurpose::new(
            &base64::alphabet::STANDARD,
            base64::engine::GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
        );
        let decoded = engine.decode(&clean);
        clean.zeroize();
        decoded.ok().filter(|key| !key.is_empty()).map(Self).ok_or(InvalidAccessKey)
    }
}

impl AccessKey {
    /// Makes a key from its bytes.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// Returns the well-known key of the emulator.
    pub fn development() -> Self {
        Self(STANDARD.decode(DEVELOPMENT_ACCESS_KEY).unwrap_or_default())
    }

    /// Returns the key in base64, for a connection string. It must not be logged.
    pub fn to_base64(&self) -> String {
        STANDARD.encode(&self.0)
    }

    fn mac(&self, string_to_sign: &str) -> Hmac<Sha256> {
        // HMAC accepts keys of any length, so this cannot fail.
        #[allow(clippy::expect_used)]
        let mut mac = <Hmac<Sha256> as hmac::Mac>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(string_to_sign.as_bytes());
        mac
    }

    /// Signs a string, and returns the signature in base64.
    pub fn sign(&self, string_to_sign: &str) -> String {
        STANDARD.encode(self.mac(string_to_sign).finalize().into_bytes())
    }

    /// Returns the names and values of the headers that sign a request over [`SIGNED_HEADERS`].
    ///
    /// # Arguments
    ///
    /// * `method` - The method, in upper case.
    /// * `path_and_query` - The request target as it is sent, percent-encoding included.
    /// * `host` - The value of the `Host` header, with the port if it has one.
    /// * `body` - The body; empty if there is none.
    /// * `at` - The time of the request. The service accepts [`MAX_CLOCK_SKEW_SECONDS`] of difference.
    pub fn sign_request(
        &self,
        method: &str,
        path_and_query: &str,
        host: &str,
        body: &[u8],
        at: OffsetDateTime,
    ) -> [(&'static str, String); 3] {
        let (date, hash) = (http_date(at), content_hash(body));
        let signature = self.sign(&string_to_sign(method, path_and_query, &[&date, host, &hash]));
        [(DATE_HEADER, date), (CONTENT_HASH_HEADER, hash), ("authorization", authorization(&signature))]
    }

    /// Checks whether `signature` (in base64) is the signature of `string_to_sign` with this key. The comparison takes
    /// the same time for every wrong signature, so that its duration does not reveal the right one.
    pub fn verify(&self, string_to_sign: &str, signature: &str) -> bool {
        STANDARD.decode(signature).is_ok_and(|signature| self.mac(string_to_sign).verify_slice(&signature).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const R: &str = "11111111-1111-1111-1111-111111111111";
    const U: &str = "22222222-2222-2222-2222-222222222222";

    /// The values are the synthetic vectors of docs/service.md, section 2.1.
    #[test]
    fn signatures_have_the_known_values() -> Result<(), InvalidAccessKey> {
        let key: AccessKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=".parse()?;
        let date = "Wed, 13 Dec 2023 11:58:57 GMT";
        for (method, path, body, expected) in [
            ("POST", "/identities".to_owned(), "", "zsQRZ6vEaLP2mr+7IVdW35z3ga+exk9GSQvfwODZHFY="),
            ("POST", "/identities".to_owned(), "{}", "fAZZIfUludL83QGSKys4KnIltC4DFMmPT+5dpD1ju5g="),
            (
                "POST",
                format!("/identities/8%3Aacs%3A{R}_{U}/:issueAccessToken"),
                r#"{"scopes":["chat"]}"#,
                "E4Lph7jBEpRmXCAgj8CNyH0izYBzSsJFeFDvNS8tlcA=",
            ),
            ("DELETE", format!("/identities/8:acs:{R}_{U}"), "", "5UuVk2KuMWs8kUyjDaO8ivxkiBs++zzpj1DZGvckwOo="),
        ] {
            let hash = content_hash(body.as_bytes());
            let text = string_to_sign(
                method,
                &format!("{path}?api-version=2023-10-01"),
                &[date, "contoso.communication.azure.com", &hash],
            );
            assert_eq!(key.sign(&text), expected, "{method} {path}");
            assert!(key.verify(&text, expected));
            let at = crate::time::parse_http_date(date).unwrap_or(OffsetDateTime::UNIX_EPOCH);
            let target = format!("{path}?api-version=2023-10-01");
            let headers = key.sign_request(method, &target, "contoso.communication.azure.com", body.as_bytes(), at);
            assert_eq!(headers[2], ("authorization", authorization(expected)));
            assert!(!key.verify(&text, "AAAA"));
        }
        Ok(())
    }

    #[test]
    fn content_hashes_have_the_known_values() {
        assert_eq!(content_hash(b""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        assert_eq!(content_hash(br#"{"scopes": ["chat"]}"#), "sZHRO4JkAmw3HcI1PyxrC5twHvkHIWjyMLVIkauXKRA=");
    }

    #[test]
    fn keys_are_decoded_as_python_does() {
        let decoded = |text: &str| text.parse::<AccessKey>().map(|key| key.0.clone()).ok();
        assert_eq!(decoded("AA\nEC"), Some(vec![0, 1, 2]));
        assert_eq!(decoded("AAE=ignored"), Some(vec![0, 1]));
        assert_eq!(decoded("abc"), None);
        assert_eq!(decoded("not-base64!"), None);
        assert_eq!(decoded(""), None);
    }

    #[test]
    fn an_authorization_header_needs_signed_headers_and_a_signature() {
        let parsed = HmacAuthorization::parse("SignedHeaders=date;host&Signature=a=b==");
        assert_eq!(parsed, Some(HmacAuthorization { signed_headers: vec!["date", "host"], signature: "a=b==" }));
        assert_eq!(HmacAuthorization::parse("Signature=x"), None);
    }

    #[test]
    fn the_well_known_key_is_valid_base64() {
        assert_eq!(AccessKey::development().to_base64(), DEVELOPMENT_ACCESS_KEY);
    }
}
