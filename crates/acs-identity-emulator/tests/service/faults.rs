//! Tests of faults over the network: what a client sees of an ended connection, a cut body and a wrong date.

use acs_identity_protocol::time::parse_http_date;
use serde_json::Value;
use time::OffsetDateTime;

use super::support::client::Client;
use super::support::running::Running;

fn add(client: &mut Client, rule: &str) {
    let answer = client.send("POST", "/emulator/faults?", rule);
    assert_eq!(answer.status, 201, "{answer:?}");
}

/// Sends bytes, and returns everything that comes back until the connection ends.
fn sent_to_the_end(port: u16, request: &[u8]) -> Vec<u8> {
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.write_all(request).unwrap();
    let mut seen = Vec::new();
    // The end may be a reset.
    let _ = stream.read_to_end(&mut seen);
    seen
}

fn jwks(port: u16) -> Vec<u8> {
    sent_to_the_end(port, b"GET /.well-known/jwks.json HTTP/1.1\r\nhost: localhost\r\n\r\n")
}

#[test]
fn a_client_gets_no_byte_of_a_connection_that_ends_after_the_operation() {
    let running = Running::in_memory();
    let mut client = running.client();
    add(&mut client, r#"{"operation":"createIdentity","drop":"after","times":1}"#);
    let error = client.try_send("POST", "/identities?api-version=2025-03-02-preview", r#"{"customId":"alice"}"#);
    let kind = error.unwrap_err().kind();
    assert!(matches!(kind, std::io::ErrorKind::UnexpectedEof | std::io::ErrorKind::ConnectionReset), "{kind:?}");
    let mut client = running.client();
    let body = r#"{"customId":"alice","createTokenWithScopes":["chat"]}"#;
    let found = client.send("POST", "/identities?api-version=2025-03-02-preview", body);
    assert_eq!(found.status, 201);
    let log = client.send("GET", "/emulator/requests?status=dropped", "");
    assert_eq!(log.body["value"][0]["operation"], "createIdentity", "{log:?}");
    assert_eq!((&log.body["value"][0]["fault"], &log.body["value"][0]["status"]), (&"1".into(), &Value::Null));
    add(&mut client, r#"{"operation":"tokenKeys","drop":"after"}"#);
    assert_eq!(jwks(running.port), b"");
}

#[test]
fn a_cut_body_is_shorter_than_its_stated_length_and_ends_the_connection() {
    let running = Running::in_memory();
    add(&mut running.client(), r#"{"operation":"tokenKeys","truncateBodyAt":20}"#);
    let seen = String::from_utf8(jwks(running.port)).unwrap();
    let (head, body) = seen.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK"), "{seen}");
    let stated = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    assert!(stated.parse::<usize>().unwrap() > 500, "{seen}");
    assert_eq!(body, r#"{"keys":[{"kty":"RSA","#.get(..20).unwrap());
}

#[test]
fn an_answer_can_have_the_date_of_a_wrong_clock() {
    let running = Running::in_memory();
    let mut client = running.client();
    add(&mut client, r#"{"operation":"createIdentity","shiftSeconds":3600}"#);
    let answer = client.send("POST", "/identities", "");
    let dates: Vec<_> = answer.headers.iter().filter(|(name, _)| name == "date").collect();
    let ahead = parse_http_date(&dates[0].1).unwrap() - OffsetDateTime::now_utc();
    assert_eq!(dates.len(), 1);
    assert!((3598..=3600).contains(&ahead.whole_seconds()), "{ahead}");
}

#[test]
fn a_rule_ends_by_the_time_of_the_service() {
    let running = Running::in_memory();
    let mut client = running.client();
    let until = acs_identity_protocol::time::whole_seconds(OffsetDateTime::now_utc() + time::Duration::hours(1));
    add(&mut client, &format!(r#"{{"operation":"createIdentity","status":503,"until":"{until}"}}"#));
    assert_eq!(client.send("POST", "/identities", "").status, 503);
    assert_eq!(client.send("POST", "/emulator/clock/advance?", r#"{"by":"2h"}"#).status, 200);
    assert_eq!(client.send("POST", "/identities", "").status, 201);
}
