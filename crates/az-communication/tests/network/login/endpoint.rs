//! Tests of the responses of Entra's token endpoint.

use super::*;
use insta::assert_snapshot;

/// Runs the command against an Entra with these responses, the last one repeated.
fn with(answers: Vec<Value>) -> (Seen, World) {
    let world = World::new(answers);
    let seen = world.shown(&mut world.application());
    (seen, world)
}

fn overloaded() -> Value {
    json!({"status": 503, "body": "x"})
}

#[test]
fn an_overloaded_endpoint_is_asked_again() {
    let (seen, world) = with(vec![overloaded(), granted("token", json!(3600))]);
    assert_eq!((seen.to_string().as_str(), world.entra.requests().len()), (CREATED, 2));
}

#[test]
fn an_endpoint_is_asked_four_times_at_most() {
    let (seen, _) = with(vec![json!({"drop": true}), overloaded(), overloaded(), granted("token", json!(1))]);
    assert_eq!(seen.to_string(), CREATED);
    let (seen, world) = with(vec![overloaded()]);
    assert_snapshot!(seen, @"
    exit 1
    --- stderr
    ERROR: No credential returned an Entra token.
      environment: the token endpoint answered with status 503 and without a JSON object
    Hint: AZURE_CLIENT_SECRET is set, so no other credential is tried in place of this one. Correct the environment variables, or unset AZURE_CLIENT_SECRET.
    Hint: To use an access key: --connection-string, or AZURE_COMMUNICATION_CONNECTION_STRING.
    ");
    assert_eq!((world.entra.requests().len(), world.service.requests().len()), (4, 0));
}

#[test]
fn a_refusal_is_not_asked_for_again() {
    let (_, world) = with(vec![refused("no")]);
    assert_eq!(world.entra.requests().len(), 1);
}

#[test]
fn a_token_that_cannot_be_sent_in_a_header_is_an_error() {
    for (token, name) in [
        ("a\r\nx-evil: 1", "U+000D, carriage return"),
        ("a b", "U+0020"),
        ("a\u{e9}", "U+00E9"),
        ("\u{feff}a", "U+FEFF, byte-order mark"),
    ] {
        let (seen, world) = with(vec![granted(token, json!(3600))]);
        let error = format!("environment: the token contains a character that cannot be sent: {name}");
        assert!(seen.code == Some(1) && seen.stderr.contains(&error) && !seen.stderr.contains("evil"), "{seen}");
        assert_eq!(world.service.requests(), []);
    }
}

#[test]
fn an_empty_token_is_an_error() {
    let (seen, _) = with(vec![json!({"status": 200, "body": {"access_token": "", "expires_in": 1}})]);
    assert!(seen.stderr.contains("environment: the answer with status 200 contains no token"), "{seen}");
}

#[test]
fn a_lifetime_of_any_form_and_size_is_accepted() {
    for lifetime in [json!(i64::MAX), json!(u64::MAX), json!(-5), json!("3600"), json!(1e300), json!(null), json!("x")]
    {
        let (seen, _) = with(vec![granted("token", lifetime.clone())]);
        assert_eq!(seen.to_string(), CREATED, "{lifetime}");
    }
}

#[test]
fn secrets_that_the_endpoint_repeats_are_not_shown() {
    let echo = format!("wrong secret {SECRET} or wrong~Secret%2B1 of eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2ln");
    let world = World::new(vec![refused(&echo)]);
    let seen = world.shown(world.application().arg("--verbose"));
    assert!(seen.stderr.contains("environment: wrong secret ***** or ***** of ***** (status 401"), "{seen}");
    for secret in ["Secret+1", "Secret%2B1", "eyJ"] {
        assert!(!seen.stderr.contains(secret), "{seen}");
    }
}

#[test]
fn a_web_page_in_place_of_a_token_is_named_by_its_title() {
    let page = "<!DOCTYPE html><html><head><title>Sign in to the hotel\u{1b}[2J</title>";
    let (seen, _) = with(vec![json!({"status": 200, "headers": {"Content-Type": "text/html"}, "body": page})]);
    assert_snapshot!(seen, @r"
    exit 1
    --- stderr
    ERROR: No credential returned an Entra token.
      environment: a web page answered with status 200, not the token endpoint: 'Sign in to the hotel\x1b[2J'
    Hint: AZURE_CLIENT_SECRET is set, so no other credential is tried in place of this one. Correct the environment variables, or unset AZURE_CLIENT_SECRET.
    Hint: To use an access key: --connection-string, or AZURE_COMMUNICATION_CONNECTION_STRING.
    ");
}
