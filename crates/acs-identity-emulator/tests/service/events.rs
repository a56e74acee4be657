//! Tests of the events that the emulator emits.

use std::io::Write as _;

use acs_identity_emulator::Config;

use super::connections::{connect, rest_of};
use super::support::client::Client;
use super::support::running::Running;

#[test]
fn a_request_is_told_where_the_configuration_asks_for_it() {
    let (emulator, events) = Running::with_events(Config { log_requests: true, ..Config::in_memory() });
    assert_eq!(emulator.client().raw("GET", "/health", &[], "").unwrap().status, 200);
    emulator.stop();
    let text = events.text();
    assert!(
        text.starts_with("INFO GET /health 200 ") && text.contains(" us method=GET path=/health outcome=200"),
        "{text}"
    );
}

#[test]
fn requests_are_not_told_by_default() {
    let (emulator, events) = Running::with_events(Config::in_memory());
    assert_eq!(emulator.client().raw("GET", "/health", &[], "").unwrap().status, 200);
    emulator.stop();
    assert_eq!(events.text(), "");
}

#[test]
fn events_go_to_the_subscriber_of_the_thread_that_started_the_emulator() {
    let (one, of_one) = Running::with_events(Config::in_memory());
    let (other, of_other) = Running::with_events(Config::in_memory());
    assert_eq!(one.client().raw("GET", "/identities", &[], "").unwrap().status, 401);
    one.stop();
    other.stop();
    assert_eq!(of_one.text().lines().count(), 1);
    assert_eq!(of_other.text(), "");
}

#[test]
fn what_an_event_quotes_of_a_request_is_short_and_draws_nothing() {
    let (emulator, events) = Running::with_events(Config::in_memory());
    let scheme = format!("\u{202e}{}", "x".repeat(20_000));
    let headers = [("authorization".to_owned(), format!("{scheme} a"))];
    let answer = emulator.client().raw("GET", "/identities?api-version=2023-10-01", &headers, "").unwrap();
    assert_eq!(answer.status, 401);
    // After such a large request, the connection ends.
    let path = format!("/{}", "a".repeat(20_000));
    assert_eq!(emulator.client().raw("GET", &path, &[], "").unwrap().status, 401);
    emulator.stop();
    let text = events.text();
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(text.lines().all(|line| line.chars().count() < 1000), "{text}");
    assert!(!text.contains('\u{202e}'), "{text}");
}

#[test]
fn an_event_has_no_token() {
    let (emulator, events) = Running::with_events(Config { log_requests: true, ..Config::in_memory() });
    emulator.client().raw("GET", "/eyJhbGciOiJSUzI1NiJ9.eyJhIjoxfQ.c2ln", &[], "").unwrap();
    emulator.stop();
    let text = events.text();
    assert!(text.contains("path=/(a token)") && !text.contains("eyJ"), "{text}");
}

#[test]
fn a_request_that_is_too_large_is_told_with_the_limit() {
    let (emulator, events) = Running::with_events(Config::in_memory());
    let mut stream = connect(emulator.port);
    write!(stream, "POST /identities HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1048577\r\n\r\n").unwrap();
    assert!(rest_of(stream).starts_with("HTTP/1.1 413 "));
    let large = [("x-large".to_owned(), "x".repeat(40_000))];
    assert_eq!(emulator.client().raw("GET", "/health", &large, "").unwrap().status, 431);
    emulator.stop();
    insta::assert_snapshot!(events.text(), @r"
    WARN 413 POST /identities: The request body is larger than 1048576 bytes. status=413 method=POST path=/identities reason=The request body is larger than 1048576 bytes.
    WARN 431 to 127.0.0.1: the head of the request is larger than 32768 bytes, or has too many headers status=431 client=127.0.0.1 reason=the head of the request is larger than 32768 bytes, or has too many headers
    ");
}

#[test]
fn a_request_over_a_rate_limit_is_told_with_the_limit_and_the_option() {
    let (emulator, events) = Running::with_events(Config { throttle: true, ..Config::in_memory() });
    let mut client = emulator.client();
    let user = client.create();
    let seconds = loop {
        let answer = client.send("DELETE", &format!("/identities/{user}"), "");
        if let Some(seconds) = answer.header("retry-after") {
            break format!("Retry-After: {seconds}");
        }
    };
    emulator.stop();
    let text = events.text().replace(&user, "USER").replace(&seconds, "Retry-After: SECONDS");
    // The first request deletes the user. Each other one is told of, too: the user does not exist.
    let text: Vec<&str> = text.lines().filter(|line| !line.starts_with("INFO 404 DELETE ")).collect();
    let text = text.join("\n");
    insta::assert_snapshot!(text, @"WARN 429 DELETE /identities/USER: more than 500 requests of this kind in 30 s (--throttle); Retry-After: SECONDS status=429 method=DELETE path=/identities/USER reason=more than 500 requests of this kind in 30 s (--throttle); Retry-After: SECONDS");
}

#[test]
fn a_page_that_may_not_call_is_told_with_its_origin_and_the_option() {
    let (emulator, events) = Running::with_events(Config::in_memory());
    let mut client = emulator.client();
    for (path, origin) in [
        ("/identities", "https://app.example"),
        ("/identities", "null"),
        ("/emulator/list-keys", "http://localhost:3000"),
        ("/identities", "http://localhost:3000"),
    ] {
        let headers = [("origin".to_owned(), origin.to_owned())];
        assert_eq!(client.raw("OPTIONS", path, &headers, "").unwrap().status, 204);
    }
    emulator.stop();
    insta::assert_snapshot!(events.text(), @r"
    WARN OPTIONS /identities from the origin https://app.example: its pages may not call the service without --allow-origin https://app.example method=OPTIONS path=/identities origin=https://app.example
    WARN OPTIONS /identities from the origin null: its pages may not call the service method=OPTIONS path=/identities origin=null
    WARN OPTIONS /emulator/list-keys from the origin http://localhost:3000: web pages may not call this endpoint method=OPTIONS path=/emulator/list-keys origin=http://localhost:3000
    ");
}

#[test]
fn an_entra_token_that_is_refused_for_a_teams_user_is_told_with_what_is_wrong() {
    let (emulator, events) = Running::with_events(Config::in_memory());
    let mut client = emulator.client();
    let token = |client: &mut Client, member: &str, value: &str| {
        let id = "11111111-1111-1111-1111-111111111111";
        let body = format!(r#"{{"oid":"{id}","appid":"{id}","{member}":{value}}}"#);
        let answer = client.send("POST", "/emulator/entra-token?", &body);
        answer.body["access_token"].as_str().unwrap().to_owned()
    };
    let tokens = [
        token(&mut client, "scopes", r#"["Teams.ManageCalls"]"#),
        token(&mut client, "aud", r#""https://other.example""#),
        token(&mut client, "expiresIn", "-60"),
        "rubbish".to_owned(),
    ];
    for token in tokens {
        let answer = client.send("POST", "/teamsUser/:exchangeAccessToken", &format!(r#"{{"token":"{token}"}}"#));
        assert_eq!(answer.status, 401);
    }
    emulator.stop();
    insta::assert_snapshot!(events.text(), @r"
    WARN the Entra token is refused: it lacks the permission Teams.ManageChats status=401 method=POST path=/teamsUser/:exchangeAccessToken
    WARN the Entra token is refused: its audience 'https://other.example' is not accepted by this exchange status=401 method=POST path=/teamsUser/:exchangeAccessToken
    WARN the Entra token is refused: it has expired status=401 method=POST path=/teamsUser/:exchangeAccessToken
    WARN the Entra token is refused: it is not a JWT status=401 method=POST path=/teamsUser/:exchangeAccessToken
    ");
}
