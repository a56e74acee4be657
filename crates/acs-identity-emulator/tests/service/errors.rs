//! Tests of errors, which have the form of the service's errors.

use super::support::client::Answer;
use super::support::running::Running;

/// Requests a token with a lifetime that is too long. Returns the response.
fn of_a_long_life(emulator: &Running) -> Answer {
    let mut client = emulator.client();
    client.extra = vec![("x-ms-client-request-id".into(), "my-id".into())];
    client.send("POST", "/identities", r#"{"createTokenWithScopes":["chat"],"expiresInMinutes":1441}"#)
}

#[test]
fn an_error_has_code_message_and_target() {
    let answer = of_a_long_life(&Running::in_memory());
    assert_eq!(answer.status, 400);
    insta::assert_snapshot!(answer.body, @r#"{"error":{"code":"ValidationError","message":"ExpiresInMinutes value 1441 is invalid. Value must be within the [60, 1440] interval.","target":"ExpiresInMinutes"}}"#);
}

#[test]
fn an_error_has_the_headers_of_the_service() {
    let answer = of_a_long_life(&Running::in_memory());
    assert_eq!(answer.header("transfer-encoding"), Some("chunked"));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("x-ms-client-request-id"), Some("my-id"));
    assert!(answer.header("api-supported-versions").unwrap().contains("2022-10-01, 2023-08-01, 2023-10-01"));
}

#[test]
fn a_path_that_does_not_exist_is_not_found() {
    assert_eq!(Running::in_memory().client().send("GET", "/nothing", "").status, 404);
}

#[test]
fn a_method_that_a_path_does_not_have_is_not_allowed() {
    assert_eq!(Running::in_memory().client().send("PUT", "/identities", "").status, 405);
}

#[test]
fn a_body_that_is_not_json_is_refused() {
    assert_eq!(Running::in_memory().client().send("POST", "/identities", "{").status, 400);
}
