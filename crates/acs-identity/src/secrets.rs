//! The secrets of a call. An answer may repeat them, and then they must not be in the text of an error.

use azure_core::Value;
use azure_core::credentials::Secret;
use azure_core::http::headers::AUTHORIZATION;
use azure_core::http::{Body, Request, Url};

/// A shorter text is not looked for: it would be found in words. Tokens and keys are longer.
const SHORTEST: usize = 8;

/// The secrets of a call. `Debug` does not show them.
#[derive(Debug, Default)]
pub(crate) struct Secrets(Vec<Secret>);

impl Secrets {
    pub(crate) fn add(&mut self, secret: &str) {
        if secret.len() >= SHORTEST && !self.0.iter().any(|known| known.secret() == secret) {
            self.0.push(Secret::new(secret.to_owned()));
        }
    }

    /// Adds what authenticates a request, and the token in its body.
    pub(crate) fn add_those_of(&mut self, request: &Request) {
        if let Some(value) = request.headers().get_optional_str(&AUTHORIZATION) {
            // It is `Bearer TOKEN` or `HMAC-SHA256 …&Signature=SIGNATURE`.
            self.add(value.rsplit_once("Signature=").or(value.split_once(' ')).map_or(value, |(_, secret)| secret));
        }
        let Body::Bytes(body) = request.body() else { return };
        if let Ok(Value::Object(members)) = azure_core::json::from_json::<_, Value>(body) {
            self.add(members.get("token").and_then(Value::as_str).unwrap_or_default());
        } else if let Some(form) = str::from_utf8(body).ok().filter(|text| text.starts_with("token=")) {
            self.add(&form["token=".len()..]);
            for (_, value) in Url::parse(&format!("http://form/?{form}")).iter().flat_map(Url::query_pairs) {
                self.add(&value);
            }
        }
    }

    /// Returns the text without the secrets.
    pub(crate) fn redact(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, secret| text.replace(secret.secret(), "*****"))
    }
}

#[cfg(test)]
mod tests {
    use azure_core::http::Method;

    use super::*;

    fn redacted(authorization: &str, body: &str, text: &str) -> String {
        let mut request = Request::new(Url::parse("https://h").unwrap(), Method::Post);
        request.insert_header("authorization", authorization.to_owned());
        request.set_body(body.to_owned());
        let mut secrets = Secrets::default();
        secrets.add_those_of(&request);
        assert!(!format!("{secrets:?}").contains("SECRET"), "{secrets:?}");
        secrets.redact(text)
    }

    #[test]
    fn h2_what_authenticates_a_request_and_the_token_in_its_body_are_secrets() {
        for (authorization, body) in [
            ("Bearer SECRETSECRET", ""),
            ("HMAC-SHA256 SignedHeaders=x&Signature=SECRETSECRET", ""),
            ("", r#"{"token":"SECRETSECRET","appId":"12345678"}"#),
            ("", "token=SECRETSECRET"),
        ] {
            let text = "a SECRETSECRET, SECRETSECRET and 12345678";
            assert_eq!(redacted(authorization, body, text), "a *****, ***** and 12345678");
        }
        let text = "token=SECRET%2BSECRET is SECRET+SECRET";
        assert_eq!(redacted("", "token=SECRET%2BSECRET", text), "token=***** is *****");
        assert_eq!(redacted("Bearer t", r#"{"token":""}"#, "the text"), "the text");
    }
}
