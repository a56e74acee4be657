//! Tests of the endpoint that gives tokens to web pages in development.

use acs_identity_emulator::{Config, Emulator, Handle};

use super::support::client::{Answer, Client};

fn start() -> Handle {
    let cors_origins = vec!["https://app.example".to_owned()];
    Emulator::start(Config { token_endpoint: true, cors_origins, ..Config::in_memory() }).unwrap()
}

/// Asks for a token as a page of that origin, or as a client without one.
fn token(client: &mut Client, query: &str, origin: Option<&str>) -> Answer {
    let headers: Vec<_> = origin.map(|origin| ("origin".to_owned(), origin.to_owned())).into_iter().collect();
    client.raw("GET", &format!("/emulator/token{query}"), &headers, "").unwrap()
}

fn identities(client: &mut Client) -> u64 {
    client.send("GET", "/emulator/status?", "").body["identities"].as_u64().unwrap()
}

#[test]
fn a_page_gets_active_tokens_of_one_identity_for_a_user() {
    let emulator = start();
    assert_eq!(emulator.token_endpoint(), Some(format!("{}/emulator/token", emulator.endpoint()).as_str()));
    let mut client = Client::new(emulator.port());
    let first = token(&mut client, "?user=ann&scope=chat", Some("https://app.example"));
    assert_eq!((first.status, first.header("cache-control")), (200, Some("no-store")), "{first:?}");
    assert_eq!(first.header("access-control-allow-origin"), Some("https://app.example"));
    let again = token(&mut client, "?user=ann", None);
    assert_eq!(first.body["user"]["id"], again.body["user"]["id"]);
    for answer in [&first, &again] {
        assert!(client.is_active(answer.body["token"].as_str().unwrap()), "{answer:?}");
    }
    assert_eq!(identities(&mut client), 1);
    // The identity is revoked and deleted as any other.
    let user = first.body["user"]["id"].as_str().unwrap();
    assert_eq!(client.send("DELETE", &format!("/identities/{user}"), "").status, 204);
    assert!(!client.is_active(again.body["token"].as_str().unwrap()));
    assert_ne!(token(&mut client, "?user=ann", None).body["user"]["id"], user);
}

#[test]
fn a_refused_page_makes_no_identity() {
    let emulator = start();
    let mut client = Client::new(emulator.port());
    for origin in ["https://evil.example", "https://app.example.evil", "null"] {
        let answer = token(&mut client, "?user=ann", Some(origin));
        assert_eq!((answer.status, answer.code()), (403, "Forbidden"), "{origin} {answer:?}");
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
    let headers = [("sec-fetch-site".to_owned(), "cross-site".to_owned())];
    let answer = client.raw("GET", "/emulator/token?user=ann", &headers, "").unwrap();
    assert_eq!(answer.status, 403, "{answer:?}");
    assert_eq!(token(&mut client, "?user=ann&scope=sms", None).status, 400);
    assert_eq!(identities(&mut client), 0);
}

#[test]
fn the_endpoint_is_off_by_default() {
    let emulator = Emulator::start(Config::in_memory()).unwrap();
    assert_eq!(emulator.token_endpoint(), None);
    let mut client = Client::new(emulator.port());
    let answer = token(&mut client, "?user=ann", None);
    assert_eq!((answer.status, answer.code()), (404, "NotFound"), "{answer:?}");
    assert_eq!(client.send("GET", "/emulator/status?", "").body["tokenEndpoint"], serde_json::Value::Null);
}
