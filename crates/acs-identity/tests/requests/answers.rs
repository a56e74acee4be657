//! Answers that cannot be used.

use acs_identity::models::TokenScope;
use acs_identity::{CommunicationIdentityClientExt as _, UnknownOutcome, UserId};
use azure_core::Error;

use crate::recorder::{KEY, Recorder};

const USER: &str = "8:acs:a_b";
const TOKEN: &str = r#"{"token":"SECRETTOKEN","expiresOn":"2030-01-01T00:00:00+00:00"}"#;

/// Creates a user with a token, which must fail.
async fn failed_creation(status: u16, body: &str) -> Error {
    let recorder = Recorder::default().answer(status, body);
    let error = recorder.client().create_user_and_token(&[TokenScope::Chat], None).await.unwrap_err();
    assert_eq!(recorder.sent().len(), 1);
    error
}

fn outcome(error: &Error) -> &UnknownOutcome {
    error.downcast_ref::<UnknownOutcome>().unwrap_or_else(|| panic!("{error:?}"))
}

#[tokio::test]
async fn h1_the_outcome_of_a_creation_is_unknown_if_its_answer_cannot_be_used() {
    for (status, body) in [
        (201, "<html>"),
        (201, ""),
        (201, r#"{"identity":{"id":5}}"#),
        (200, "{}"),
        (202, "{}"),
        (204, ""),
        (501, ""),
        (505, ""),
        (507, ""),
        (520, ""),
        (524, ""),
    ] {
        let recorder = Recorder::default().answer(status, body);
        let error = recorder.client().create_user().await.unwrap_err();
        assert_eq!(outcome(&error).user(), None, "{status}");
        assert!(error.to_string().ends_with(". It is not known whether the identity was created"), "{error}");
        outcome(&failed_creation(status, body).await);
    }
}

#[tokio::test]
async fn h1_the_raw_id_of_a_created_user_is_in_the_error() {
    for (status, token) in [(201, r#"{"token":"SECRETTOKEN","expiresOn":"soon"}"#), (201, "null"), (200, TOKEN)] {
        let body = format!(r#"{{"identity":{{"id":"8:acs:KEEPME"}},"accessToken":{token}}}"#);
        let error = failed_creation(status, &body).await;
        assert_eq!(outcome(&error).user().map(UserId::as_str), Some("8:acs:KEEPME"));
        assert!(error.to_string().contains("8:acs:KEEPME"), "{error}");
        assert!(!format!("{error:?} {error}").contains("SECRET"), "{error:?}");
    }
}

#[tokio::test]
async fn h2_the_text_of_an_error_has_no_token_of_an_answer() {
    for (status, body) in [(200, "\"SECRETTOKEN\""), (201, TOKEN), (203, TOKEN), (200, r#"{"token":["SECRETTOKEN"]}"#)]
    {
        let recorder = Recorder::default().answer(status, body);
        let error = recorder.client().get_token(USER, &[TokenScope::Chat], None).await.unwrap_err();
        assert!(!format!("{error:?} {error}").contains("SECRET"), "{error:?}");
    }
}

#[tokio::test]
async fn h2_a_secret_of_the_call_that_an_answer_repeats_is_not_shown() {
    let recorder = Recorder::default().answer(401, "token=SECRETTOKEN");
    let error = recorder.client().is_token_active("SECRETTOKEN").await.unwrap_err().to_string();
    assert!(error.contains("(401: token=*****)"), "{error}");
    let body = format!(r#"{{"error":{{"code":"Denied","message":"The key {KEY} is wrong."}}}}"#);
    let recorder = Recorder::default().answer(401, &body);
    let error = recorder.client().delete_user(USER).await.unwrap_err().to_string();
    assert_eq!(error, "401 Denied: The key ***** is wrong.");
    let recorder = Recorder::default().answer(401, "no SECRETTOKEN");
    let error = recorder.client().get_token_for_teams_user("SECRETTOKEN", "a", "u").await.unwrap_err().to_string();
    assert_eq!(error, "401: no *****");
}

#[tokio::test]
async fn l6_only_an_object_says_whether_a_token_is_active() {
    for body in ["[true]", "true", r#"{"active":"true"}"#] {
        let error = Recorder::default().answer(200, body).client().is_token_active("t").await.unwrap_err();
        assert!(error.to_string().starts_with("the service's answer "), "{error}");
    }
}
