//! Tests of signatures with an access key.

use super::support::client::{Answer, Client};
use super::support::running::Running;

const DENIED: &str = "Denied by the resource provider.";

/// Asserts that a creation is refused with a message after the client was changed.
#[track_caller]
fn assert_refused(emulator: &Running, change: impl FnOnce(&mut Client), message: &str) {
    let mut client = emulator.client();
    change(&mut client);
    let answer = client.send("POST", "/identities", "{}");
    assert_eq!((answer.status, answer.code()), (401, "Denied"), "{answer:?}");
    assert!(answer.message().contains(message), "{answer:?}");
}

#[test]
fn a_signature_by_another_key_is_refused() {
    let emulator = Running::in_memory();
    assert_refused(&emulator, |client| client.key = "d3Jvbmcga2V5".parse().unwrap(), DENIED);
}

#[test]
fn a_target_that_differs_from_the_signed_one_is_refused() {
    let emulator = Running::in_memory();
    for target in ["/identities?api-version=2022-10-01", "/identities?api-version=2023-10-01&x"] {
        assert_refused(&emulator, |client| client.sent_path = Some(target.into()), DENIED);
    }
}

#[test]
fn a_body_that_differs_from_the_signed_one_is_refused() {
    let emulator = Running::in_memory();
    assert_refused(
        &emulator,
        |client| client.sent_body = Some(r#"{"createTokenWithScopes":["chat"]}"#.into()),
        "Request 'x-ms-content-sha256' differs from generated content hash.",
    );
}

#[test]
fn a_date_that_is_off_by_more_than_5_minutes_is_refused() {
    let emulator = Running::in_memory();
    for seconds in [3600, -3600, 310, -310] {
        let change = |client: &mut Client| client.seconds_ahead = seconds;
        assert_refused(&emulator, change, "greater than the allowed margin of 5 minutes");
    }
}

#[test]
fn a_date_that_is_off_by_less_than_5_minutes_is_accepted() {
    let emulator = Running::in_memory();
    let mut client = emulator.client();
    client.seconds_ahead = 290;
    client.create();
}

#[test]
fn an_authorization_that_is_not_a_signature_is_refused() {
    let emulator = Running::in_memory();
    let mut client = emulator.client();
    for authorization in [None, Some("Bearer x.y.z"), Some("HMAC-SHA256 Signature=x"), Some("HMAC-SHA256")] {
        let answer = unsigned(&mut client, authorization);
        assert_eq!((answer.status, answer.code()), (401, "Denied"), "{authorization:?}: {answer:?}");
    }
}

fn unsigned(client: &mut Client, authorization: Option<&str>) -> Answer {
    let headers: Vec<_> =
        authorization.map(|value| ("authorization".to_owned(), value.to_owned())).into_iter().collect();
    client.raw("POST", "/identities?api-version=2023-10-01", &headers, "{}").unwrap()
}

#[cfg(feature = "sqlite")]
#[test]
fn a_refused_request_creates_nothing() {
    let folder = super::support::folder::Folder::new();
    let emulator = Running::start(acs_identity_emulator::Config::in_folder(folder.path()));
    assert_refused(&emulator, |client| client.key = "d3Jvbmcga2V5".parse().unwrap(), DENIED);
    assert_eq!(unsigned(&mut emulator.client(), None).status, 401);
    emulator.client().create();
    let database = rusqlite::Connection::open(folder.path().join("identities.db")).unwrap();
    let count: i64 = database.query_row("SELECT count(*) FROM identities", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 1);
}
