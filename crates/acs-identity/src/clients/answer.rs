//! Turns answers into what the short methods return. What the service left out is an error.

use azure_core::credentials::AccessToken;
use azure_core::error::{Error, ErrorKind};

use crate::models::{self, CreateIdentityResult, UserId};

fn missing(what: &str) -> Error {
    Error::with_message(ErrorKind::DataConversion, format!("the service's answer has no {what}"))
}

/// Returns the token and its expiry.
pub(super) fn access_token(token: models::AccessToken) -> azure_core::Result<AccessToken> {
    let text = token.token.filter(|text| !text.is_empty()).ok_or_else(|| missing("token"))?;
    let expires_on = token.expires_on.ok_or_else(|| missing("expiresOn"))?;
    Ok(AccessToken::new(text, expires_on))
}

/// Returns the raw id of a new identity.
pub(super) fn user(created: &CreateIdentityResult) -> azure_core::Result<UserId> {
    let id = created.identity.as_ref().and_then(|identity| identity.id.clone());
    id.and_then(|id| UserId::try_from(id).ok()).ok_or_else(|| missing("identity.id"))
}

/// Returns the raw id of a new identity, and its token.
pub(super) fn user_with_token(created: CreateIdentityResult) -> azure_core::Result<(UserId, AccessToken)> {
    let user = user(&created)?;
    let token = created.access_token.ok_or_else(|| missing("accessToken")).and_then(access_token);
    match token {
        Ok(token) => Ok((user, token)),
        // The identity exists, so its id must not be lost.
        Err(error) => Err(Error::with_message(ErrorKind::DataConversion, format!("{user} was created, but {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn created(json: String) -> azure_core::Result<(UserId, AccessToken)> {
        user_with_token(azure_core::json::from_json(json)?)
    }

    #[test]
    fn m3_what_the_service_left_out_is_an_error() {
        let error = |json: String| created(json).unwrap_err().to_string();
        for json in ["{}", r#"{"identity":{}}"#, r#"{"identity":{"id":""}}"#, r#"{"identity":{"id":null}}"#] {
            assert_eq!(error(json.into()), "the service's answer has no identity.id");
        }
        let id = r#"{"identity":{"id":"8:acs:a_b"}"#;
        for (rest, what) in [
            ("}", "accessToken"),
            (r#","accessToken":{}}"#, "token"),
            (r#","accessToken":{"token":""}}"#, "token"),
            (r#","accessToken":{"token":"t"}}"#, "expiresOn"),
        ] {
            let expected = format!("8:acs:a_b was created, but the service's answer has no {what}");
            assert_eq!(error(format!("{id}{rest}")), expected);
        }
    }
}
