//! Tests of the control API: its credentials, the status, a reset and a stop.

use std::io::Write as _;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use acs_identity_emulator::{Config, Emulator};

use super::connections::{connect, rest_of};
use super::support::client::Client;
#[cfg(feature = "sqlite")]
use super::support::folder::Folder;
use super::{token_of, with_bearer};

const ASSIGNMENT: &str =
    "/access/entra/assignments/11111111-1111-1111-1111-111111111111?api-version=2025-03-02-preview";

/// Creates an assignment of an Entra user.
fn assign(client: &mut Client) {
    let body = r#"{"tenantId":"22222222-2222-2222-2222-222222222222","principalType":"user","clientIds":["33333333-3333-3333-3333-333333333333"]}"#;
    let answer = client.send("PUT", ASSIGNMENT, body);
    assert!(matches!(answer.status, 200 | 201), "{answer:?}");
}

#[test]
fn the_control_api_takes_the_control_secret_or_a_signature_and_nothing_else() {
    let emulator = Emulator::start(Config::in_memory()).unwrap();
    let mut client = Client::new(emulator.port());
    let secret = emulator.control_secret();
    assert_eq!(client.send("GET", "/emulator/status?", "").status, 200);
    assert_eq!(with_bearer(&mut client, "GET", "/emulator/status", secret).status, 200);
    let header = [("x-emulator-control".to_owned(), secret.to_owned())];
    assert_eq!(client.raw("GET", "/emulator/status", &header, "").unwrap().status, 200);
    let user = client.create();
    let token = token_of(&client.issue(&user));
    for refused in ["wrong", &secret[1..], &token, emulator.client_secret()] {
        for (method, path) in [("GET", "status"), ("POST", "reset"), ("POST", "stop")] {
            let answer = with_bearer(&mut client, method, &format!("/emulator/{path}"), refused);
            assert_eq!(answer.status, 401, "{path} {answer:?}");
            assert_eq!(answer.header("emulator-control-version"), Some("2026-11-26"), "{answer:?}");
        }
    }
    // A refused reset has deleted nothing.
    assert!(client.is_active(&token));
}

#[test]
fn the_status_counts_the_identities() {
    let emulator = Emulator::start(Config::in_memory()).unwrap();
    let mut client = Client::new(emulator.port());
    let mut status = || client.send("GET", "/emulator/status?", "").body;
    let first = status();
    assert_eq!((&first["identities"], &first["storage"]), (&0.into(), &"memory".into()));
    assert_eq!(first["endpoint"], format!("http://localhost:{}", emulator.port()));
    let user = Client::new(emulator.port()).create();
    assert!(user.starts_with(&format!("8:acs:{}_", first["resourceId"].as_str().unwrap())), "{user}");
    let later = status();
    assert_eq!((&later["identities"], &later["startedAt"]), (&1.into(), &first["startedAt"]));
}

#[test]
fn a_reset_deletes_identities_tokens_and_assignments_and_keeps_the_keys() {
    let emulator = Emulator::start(Config::in_memory()).unwrap();
    let mut client = Client::new(emulator.port());
    let user = client.create();
    let token = token_of(&client.issue(&user));
    client.create();
    assign(&mut client);
    let answer = client.send("POST", "/emulator/reset?", "");
    insta::assert_snapshot!(format!("{} {}", answer.status, answer.body), @r#"200 {"identities":2,"assignments":1}"#);
    assert!(!client.is_active(&token));
    assert_eq!(client.issue(&user).status, 404);
    assert_eq!(client.send("GET", ASSIGNMENT, "").status, 404);
    // The emulator is empty, so another reset deletes nothing.
    insta::assert_snapshot!(client.send("POST", "/emulator/reset?", "").body, @r#"{"identities":0,"assignments":0}"#);
    let again = client.create();
    assert_eq!(again.split('_').next(), user.split('_').next());
}

#[test]
fn a_reset_is_refused_after_the_key_of_its_signature_was_regenerated() {
    let emulator = Emulator::start(Config::in_memory()).unwrap();
    let mut client = Client::new(emulator.port());
    client.create();
    let keys = client.send("POST", "/emulator/regenerate-key?", r#"{"keyType":"Primary"}"#);
    assert_eq!(keys.status, 200, "{keys:?}");
    assert_eq!(client.send("POST", "/emulator/reset?", "").status, 401);
    client.key = keys.body["primaryKey"].as_str().unwrap().parse().unwrap();
    assert_eq!(client.send("GET", "/emulator/status?", "").body["identities"], 1);
}

#[cfg(feature = "sqlite")]
#[test]
fn a_reset_holds_in_a_restarted_folder() {
    let folder = Folder::new();
    let start = || Emulator::start(Config::in_folder(folder.path())).unwrap();
    let emulator = start();
    let mut client = Client::new(emulator.port());
    let user = client.create();
    let old = token_of(&client.issue(&user));
    assign(&mut client);
    assert_eq!(client.send("POST", "/emulator/reset?", "").status, 200);
    let user = client.create();
    let new = token_of(&client.issue(&user));
    let secret = emulator.control_secret().to_owned();
    emulator.close();
    let emulator = start();
    let mut client = Client::new(emulator.port());
    assert_eq!((client.is_active(&old), client.is_active(&new)), (false, true));
    assert_eq!(client.send("GET", ASSIGNMENT, "").status, 404);
    let status = with_bearer(&mut client, "GET", "/emulator/status", &secret);
    assert_eq!((&status.body["identities"], &status.body["storage"]), (&1.into(), &"folder".into()));
}

/// Waits until nothing listens on the port.
fn wait_for_the_end(port: u16) {
    let latest = Instant::now() + Duration::from_secs(10);
    while TcpStream::connect(("127.0.0.1", port)).is_ok() {
        assert!(Instant::now() < latest, "the emulator still serves");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_stop_is_answered_when_requests_that_have_begun_have_their_responses() {
    let emulator = Emulator::start(Config::in_memory()).unwrap();
    let port = emulator.port();
    let mut half = connect(port);
    half.write_all(b"GET /health/ready HTTP/1.1\r\nhost: localhost\r\nconnection: cl").unwrap();
    let stop = std::thread::spawn(move || Client::new(port).send("POST", "/emulator/stop?", ""));
    wait_for_the_end(port);
    assert!(!stop.is_finished());
    half.write_all(b"ose\r\n\r\n").unwrap();
    let text = rest_of(half);
    assert!(text.starts_with("HTTP/1.1 200 OK\r\n"), "{text}");
    let answer = stop.join().unwrap();
    assert_eq!((answer.status, answer.body.to_string().as_str()), (200, "{}"), "{answer:?}");
    // The handle of a stopped emulator can be closed.
    emulator.close();
}

#[cfg(feature = "sqlite")]
#[test]
fn a_stopped_emulator_frees_its_folder_and_has_stored_everything() {
    let folder = Folder::new();
    let start = || Emulator::start(Config::in_folder(folder.path())).unwrap();
    let emulator = start();
    let mut client = Client::new(emulator.port());
    let user = client.create();
    let token = token_of(&client.issue(&user));
    assert_eq!(client.send("POST", "/emulator/stop?", "").status, 200);
    emulator.close();
    let emulator = start();
    assert!(Client::new(emulator.port()).is_active(&token));
}
