//! Tests of existing and missing identities.

use super::support::running::Running;

/// Asserts that each operation on an identity is refused with this status and code.
#[track_caller]
fn assert_refused(emulator: &Running, id: &str, status: u16, code: &str) {
    let mut client = emulator.client();
    for (method, operation, body) in [
        ("POST", "/:issueAccessToken", r#"{"scopes":["chat"]}"#),
        ("POST", "/:revokeAccessTokens", ""),
        ("DELETE", "", ""),
    ] {
        let answer = client.send(method, &format!("/identities/{id}{operation}"), body);
        assert_eq!((answer.status, answer.code()), (status, code), "{method} {id}{operation}");
    }
}

#[test]
fn an_identity_that_was_never_created_is_not_found() {
    let emulator = Running::in_memory();
    let user = emulator.client().create();
    let (resource, _) = user.split_once('_').unwrap();
    assert_refused(&emulator, &format!("{resource}_00000005-14a2-493b-8a72-5a3a0d000081"), 404, "IdentityNotFound");
}

#[test]
fn an_identity_of_another_resource_is_not_owned() {
    let emulator = Running::in_memory();
    let id = "8:acs:00000000-0000-0000-0000-000000000000_00000000-0000-0000-0000-000000000000";
    assert_refused(&emulator, id, 401, "IdentityNotOwned");
}

#[test]
fn an_id_that_is_not_one_is_not_owned() {
    assert_refused(&Running::in_memory(), "x", 401, "IdentityNotOwned");
}
