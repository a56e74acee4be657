//! The text of errors.

use std::error::Error as _;

use acs_identity::models::{ErrorBody, codes};
use acs_identity::{CommunicationIdentityClient, CommunicationIdentityClientExt as _};
use azure_core::credentials::Secret;
use azure_core::error::ErrorKind;
use azure_core::http::StatusCode;

use crate::recorder::Recorder;

#[tokio::test]
async fn e9_the_text_of_a_refusal_has_status_code_and_message() {
    let body = r#"{"error":{"code":"IdentityNotFound","message":"It does not exist."}}"#;
    let recorder = Recorder::default().answer(404, body);
    let error = recorder.client().delete_user("8:acs:a_b").await.unwrap_err();
    assert_eq!(error.to_string(), "404 IdentityNotFound: It does not exist.");
    assert_eq!(error.http_status(), Some(StatusCode::NotFound));
    let detail = ErrorBody::try_from(error).unwrap().error;
    assert_eq!((detail.code.as_str(), detail.message.as_str()), (codes::IDENTITY_NOT_FOUND, "It does not exist."));
}

#[tokio::test]
async fn e9_the_field_that_is_wrong_is_named() {
    let body = r#"{"error":{"code":"ValidationError","message":"It is wrong.","target":"Scopes"}}"#;
    let recorder = Recorder::default().answer(400, body);
    let error = recorder.client().get_token("8:acs:a_b", &[], None).await.unwrap_err();
    assert_eq!(error.to_string(), "400 ValidationError: It is wrong. (Scopes)");
}

#[tokio::test]
async fn e9_an_answer_of_another_server_is_cut_and_made_one_line() {
    let page = format!("<html>\n\u{1b}[2J{}</html>", "x".repeat(5000));
    for (body, begin) in [("", "403: the answer has no body"), (page.as_str(), r"403: <html>\n\x1b[2Jxxx")] {
        let recorder = Recorder::default().answer(403, body);
        let error = recorder.client().revoke_tokens("8:acs:a_b").await.unwrap_err().to_string();
        assert!(error.starts_with(begin) && error.chars().count() < 250, "{error}");
    }
}

#[test]
fn e10_the_causes_of_errors_are_their_sources() {
    let error =
        CommunicationIdentityClient::with_connection_string("endpoint=https://h;accesskey=!", None).unwrap_err();
    let cause = error.source().expect("the error of the connection string");
    assert!(cause.downcast_ref::<acs_identity::connection_string::ConnectionStringError>().is_some());
    assert!(cause.source().is_some_and(|key| key.is::<acs_identity::connection_string::InvalidAccessKey>()));
    let error = CommunicationIdentityClient::with_access_key("https://h", &Secret::new("!"), None).unwrap_err();
    assert!(error.downcast_ref::<acs_identity::connection_string::InvalidAccessKey>().is_some());
    let error = CommunicationIdentityClient::with_access_key("https://[", &Secret::new("YQ=="), None).unwrap_err();
    assert!(error.source().is_some(), "the error of the URL");
}

#[tokio::test]
async fn m1_the_code_of_the_body_is_kept_if_the_message_has_an_escape() {
    for (message, text) in
        [(r#"the \"scopes\""#, r#"the "scopes""#), (r"a\nb", r"a\nb"), (r"\u0027s\u0027", "'s'"), (r"a\/b", "a/b")]
    {
        let body = format!(r#"{{"error":{{"code":"ValidationError","message":"{message}"}}}}"#);
        let error = Recorder::default().answer(400, &body).client().delete_user("8:acs:a_b").await.unwrap_err();
        assert_eq!(error.to_string(), format!("400 ValidationError: {text}"));
        let ErrorKind::HttpResponse { error_code, .. } = error.kind() else { panic!("{error:?}") };
        assert_eq!(error_code.as_deref(), Some("ValidationError"));
    }
    let error = Recorder::default().answer(400, "<html>").client().delete_user("8:acs:a_b").await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::HttpResponse { error_code: None, .. }), "{error:?}");
}

#[tokio::test]
async fn m6_the_message_of_the_service_is_one_line_without_control_characters() {
    let body = format!(
        r#"{{"error":{{"code":"X\u001b[2J","message":"boo\u001b]0;hi\u0007\r\nFAKE{}","target":"\u0007"}}}}"#,
        "a".repeat(1000)
    );
    let error = Recorder::default().answer(400, &body).client().delete_user("8:acs:a_b").await.unwrap_err().to_string();
    assert!(error.starts_with(r"400 X\x1b[2J: boo\x1b]0;hi\x07\r\nFAKEaaa"), "{error}");
    assert!(error.ends_with(r"… (\x07)") && error.chars().count() < 600, "{error}");
}
