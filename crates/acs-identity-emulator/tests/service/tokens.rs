//! Tests of the access tokens of identities.

use super::support::running::Running;

#[test]
fn the_end_of_a_token_is_a_date_with_an_offset() {
    let emulator = Running::in_memory();
    let created = emulator.client().send("POST", "/identities", r#"{"createTokenWithScopes":["chat"]}"#);
    assert_eq!(created.header("content-type"), Some("application/json; charset=utf-8"));
    let expires = created.body["accessToken"]["expiresOn"].as_str().unwrap();
    assert!(expires.len() == 33 && expires.ends_with("+00:00"), "{expires}");
}
