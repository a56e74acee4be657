//! Tests of the operations that each api-version has.

use serde_json::{Value, json};

use super::support::client::Client;
use super::support::running::Running;
use super::token_of;

const FIRST_PREVIEW: &str = "api-version=2020-07-20-preview2";

#[test]
fn an_api_version_that_was_never_served_is_unsupported() {
    let answer = Running::in_memory().client().send("POST", "/identities?api-version=2019-01-01", "");
    assert_eq!((answer.status, answer.code()), (400, "UnsupportedApiVersion"));
}

#[test]
fn an_api_version_that_is_newer_than_all_known_ones_is_served() {
    assert_eq!(Running::in_memory().client().send("POST", "/identities?api-version=2031-01-01", "").status, 201);
}

#[test]
fn a_request_without_an_api_version_is_refused() {
    assert_eq!(Running::in_memory().client().send("POST", "/identities?", "").code(), "ApiVersionUnspecified");
}

/// Creates an identity and a token with the first preview.
fn identity_with_token(client: &mut Client) -> (String, String) {
    let created = client.send("POST", &format!("/identities?{FIRST_PREVIEW}"), "");
    assert_eq!(created.status, 200);
    let id = created.body["id"].as_str().unwrap().to_owned();
    let issued =
        client.send("POST", &format!("/identities/{id}/token?{FIRST_PREVIEW}"), r#"{"scopes":["chat","pstn"]}"#);
    assert_eq!((issued.status, &issued.body["id"]), (200, &Value::from(id.as_str())));
    let token = token_of(&issued);
    (id, token)
}

/// Sets the time from which tokens are valid. Returns the status.
fn set_valid_from(client: &mut Client, id: &str, from: &str) -> u16 {
    let body = json!({"tokensValidFrom": from}).to_string();
    client.send("PATCH", &format!("/identities/{id}?{FIRST_PREVIEW}"), &body).status
}

#[test]
fn the_first_preview_creates_issues_and_deletes() {
    let emulator = Running::in_memory();
    let mut client = emulator.client();
    let (id, token) = identity_with_token(&mut client);
    assert!(client.is_active(&token));
    assert_eq!(client.send("DELETE", &format!("/identities/{id}?{FIRST_PREVIEW}"), "").status, 204);
    assert!(!client.is_active(&token));
}

#[test]
fn in_the_first_preview_a_time_before_a_token_leaves_it_active() {
    let emulator = Running::in_memory();
    let mut client = emulator.client();
    let (id, token) = identity_with_token(&mut client);
    assert_eq!(set_valid_from(&mut client, &id, "2020-01-01T00:00:00Z"), 204);
    assert!(client.is_active(&token));
}

#[test]
fn in_the_first_preview_a_time_after_a_token_revokes_it() {
    let emulator = Running::in_memory();
    let mut client = emulator.client();
    let (id, token) = identity_with_token(&mut client);
    assert_eq!(set_valid_from(&mut client, &id, "2999-01-01T00:00:00+00:00"), 204);
    assert!(!client.is_active(&token));
}

#[test]
fn in_the_first_preview_a_time_that_is_not_one_is_refused() {
    let emulator = Running::in_memory();
    let mut client = emulator.client();
    let (id, token) = identity_with_token(&mut client);
    assert_eq!(set_valid_from(&mut client, &id, "tomorrow"), 400);
    assert!(client.is_active(&token));
}

#[test]
fn the_first_preview_does_not_have_the_operations_of_later_versions() {
    let emulator = Running::in_memory();
    let mut client = emulator.client();
    let (id, _) = identity_with_token(&mut client);
    let path = format!("/identities/{id}/:issueAccessToken?{FIRST_PREVIEW}");
    assert_eq!(client.send("POST", &path, r#"{"scopes":["chat"]}"#).code(), "UnsupportedApiVersion");
    assert_eq!(client.issue(&format!("{id}/x")).status, 404);
}

#[test]
fn later_versions_do_not_have_the_operations_of_the_first_preview() {
    let emulator = Running::in_memory();
    let mut client = emulator.client();
    let (id, _) = identity_with_token(&mut client);
    assert_eq!(client.send("POST", &format!("/identities/{id}/token"), "{}").code(), "UnsupportedApiVersion");
}
