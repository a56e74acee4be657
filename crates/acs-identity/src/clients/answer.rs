//! Turns answers into what the short methods return. What the service left out is an error. The parts of an answer are
//! read one by one, so that the raw id of a new identity is kept if the rest cannot be used. Errors quote no values,
//! because an answer has a token.

use acs_identity_protocol::time::parse_iso;
use azure_core::Value;
use azure_core::credentials::AccessToken;
use azure_core::error::{Error, ErrorKind};

use crate::models::UserId;
use crate::unknown_outcome::{UnknownOutcome, created_user};

fn unusable(what: &str) -> Error {
    Error::with_message(ErrorKind::DataConversion, format!("the service's answer {what}"))
}

/// Reads an answer, which must be a JSON object.
pub(super) fn read(body: &[u8]) -> azure_core::Result<Value> {
    if body.is_empty() {
        return Err(unusable("has no body"));
    }
    match azure_core::json::from_json(body) {
        Ok(answer @ Value::Object(_)) => Ok(answer),
        Ok(_) => Err(unusable("is not a JSON object")),
        Err(_) => Err(unusable("is not valid JSON")),
    }
}

/// Returns a member, or an error if it is absent, null or empty.
fn member<'a>(parent: &'a Value, name: &str, shown: &str) -> azure_core::Result<&'a Value> {
    let value = parent.get(name).filter(|value| !value.is_null() && value.as_str() != Some(""));
    value.ok_or_else(|| unusable(&format!("has no {shown}")))
}

fn unusable_member(name: &str) -> Error {
    unusable(&format!("has a value of {name} that cannot be used"))
}

/// Returns the token and its expiry.
pub(super) fn access_token(body: &[u8]) -> azure_core::Result<AccessToken> {
    token(&read(body)?)
}

fn token(answer: &Value) -> azure_core::Result<AccessToken> {
    let token = member(answer, "token", "token")?.as_str().ok_or_else(|| unusable_member("token"))?;
    let expires_on = member(answer, "expiresOn", "expiresOn")?.as_str().and_then(parse_iso);
    Ok(AccessToken::new(token.to_owned(), expires_on.ok_or_else(|| unusable_member("expiresOn"))?))
}

/// Returns the raw id of a new identity.
pub(super) fn user(body: &[u8]) -> azure_core::Result<UserId> {
    created_user(body).ok_or_else(|| {
        let error = match read(body) {
            Ok(answer) => match member(answer.get("identity").unwrap_or(&Value::Null), "id", "identity.id") {
                Ok(_) => unusable_member("identity.id"),
                Err(error) => error,
            },
            Err(error) => error,
        };
        let message = format!("{error}. It is not known whether the identity was created");
        Error::with_error(ErrorKind::DataConversion, UnknownOutcome::new(error), message)
    })
}

/// Returns the raw id of a new identity, and its token.
pub(super) fn user_with_token(body: &[u8]) -> azure_core::Result<(UserId, AccessToken)> {
    let user = user(body)?;
    match read(body).and_then(|answer| token(member(&answer, "accessToken", "accessToken")?)) {
        Ok(token) => Ok((user, token)),
        // The identity exists, so its id must not be lost.
        Err(error) => {
            let message = format!("{user} was created, but {error}");
            Err(Error::with_error(ErrorKind::DataConversion, UnknownOutcome::with_user(error, user), message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn m3_what_the_service_left_out_is_an_error() {
        let error = |json: &str| user_with_token(json.as_bytes()).unwrap_err().to_string();
        for json in ["{}", r#"{"identity":{}}"#, r#"{"identity":{"id":""}}"#, r#"{"identity":{"id":null}}"#] {
            let expected = "the service's answer has no identity.id. It is not known whether the identity was created";
            assert_eq!(error(json), expected);
        }
        let id = r#"{"identity":{"id":"8:acs:a_b"}"#;
        for (rest, what) in [
            ("}", "accessToken"),
            (r#","accessToken":{}}"#, "token"),
            (r#","accessToken":{"token":""}}"#, "token"),
            (r#","accessToken":{"token":"t"}}"#, "expiresOn"),
        ] {
            let expected = format!("8:acs:a_b was created, but the service's answer has no {what}");
            assert_eq!(error(&format!("{id}{rest}")), expected);
        }
    }

    #[test]
    fn h1_the_id_is_kept_whatever_the_token_is() {
        for token in ["\"soon\"", "\"\"", "5", "\"2030-01-01T00:00:00\"", "\"+10000-01-01T00:00:00Z\"", "[]"] {
            let token = format!(r#"{{"token":"SECRETTOKEN","expiresOn":{token}}}"#);
            let json = format!(r#"{{"identity":{{"id":"8:acs:KEEPME"}},"accessToken":{token}}}"#);
            let error = user_with_token(json.as_bytes()).unwrap_err();
            assert!(error.to_string().starts_with("8:acs:KEEPME was created, but "), "{error}");
            assert!(!format!("{error:?}").contains("SECRET"), "{error:?}");
            let outcome = error.downcast_ref::<UnknownOutcome>().expect("an unknown outcome");
            assert_eq!(outcome.user().map(UserId::as_str), Some("8:acs:KEEPME"));
        }
    }

    #[test]
    fn h2_no_value_of_an_answer_is_quoted() {
        for body in ["\"SECRETTOKEN\"", "SECRETTOKEN", r#"{"token":"t","expiresOn":"SECRETTOKEN"}"#, r#"{"token":7}"#] {
            let error = access_token(body.as_bytes()).unwrap_err();
            assert!(!format!("{error:?} {error}").contains("SECRET"), "{error:?}");
        }
    }
}
