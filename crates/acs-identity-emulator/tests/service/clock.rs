//! Tests of the clock of the service, which the control API shows and changes.

use std::time::{Duration, Instant};

use acs_identity_emulator::Config;
use acs_identity_protocol::time::parse_iso;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::support::client::{Answer, Client};
#[cfg(feature = "sqlite")]
use super::support::folder::Folder;
use super::support::running::Running;
use super::{part_of, token_of};

fn clock(client: &mut Client) -> Value {
    let answer = client.send("GET", "/emulator/clock?", "");
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body
}

/// Changes the clock, and returns what it shows then.
fn change(client: &mut Client, name: &str, body: Value) -> Value {
    let answer = try_change(client, name, &body);
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body
}

fn try_change(client: &mut Client, name: &str, body: &Value) -> Answer {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    client.send("POST", &format!("/emulator/clock/{name}?"), &body)
}

fn freeze(client: &mut Client) -> Value {
    change(client, "freeze", Value::Null)
}

fn advance(client: &mut Client, by: &str) -> Value {
    change(client, "advance", json!({"by": by}))
}

fn set(client: &mut Client, now: &str) -> Value {
    change(client, "set", json!({"now": now}))
}

fn time_of(shown: &Value, member: &str) -> OffsetDateTime {
    parse_iso(shown[member].as_str().unwrap_or_else(|| panic!("{member}: {shown}"))).unwrap()
}

fn revoke(client: &mut Client, user: &str) {
    let answer = client.send("POST", &format!("/identities/{user}/:revokeAccessTokens"), "");
    assert_eq!(answer.status, 204, "{answer:?}");
}

/// Returns why a token is not active. It is empty if the token is active.
fn why_inactive(client: &mut Client, token: &str) -> String {
    let answer = client.send("POST", "/introspect?", &format!("token={token}"));
    assert_eq!(answer.status, 200, "{answer:?}");
    let reason = answer.body["reason"].as_str().unwrap_or_default().to_owned();
    assert_eq!(answer.body["active"], reason.is_empty(), "{answer:?}");
    reason
}

#[test]
fn the_clock_shows_the_machine_s_time_until_it_is_changed() {
    let emulator = Running::in_memory();
    let mut client = emulator.client();
    let shown = clock(&mut client);
    assert_eq!((&shown["frozen"], &shown["offsetSeconds"]), (&json!(false), &json!(0)));
    assert_eq!(shown["now"], shown["machine"]);
    assert!((time_of(&shown, "now") - OffsetDateTime::now_utc()).abs() < time::Duration::MINUTE);
    let answer = client.raw("GET", "/emulator/clock", &[], "").unwrap();
    assert_eq!(answer.status, 401, "{answer:?}");
}

#[test]
fn tokens_have_the_times_of_a_clock_that_was_set() {
    let emulator = Running::in_memory();
    let mut client = emulator.client();
    freeze(&mut client);
    let shown = set(&mut client, "2030-01-31T09:00:00.5+01:00");
    insta::assert_snapshot!(shown["now"], @r#""2030-01-31T08:00:00.5000000+00:00""#);
    let user = client.create();
    let issued = client.issue(&user);
    insta::assert_snapshot!(issued.body["expiresOn"], @r#""2030-02-01T08:00:00.5000000+00:00""#);
    let token = token_of(&issued);
    let claims = part_of(&token, 1);
    assert_eq!(claims["iat"], time_of(&shown, "now").unix_timestamp());
    assert_eq!(why_inactive(&mut client, &token), "");
    advance(&mut client, "P1D");
    assert_eq!(why_inactive(&mut client, &token), "expired");
    advance(&mut client, "-1d");
    assert_eq!(why_inactive(&mut client, &token), "");
    let shown = change(&mut client, "reset", Value::Null);
    assert_eq!((&shown["frozen"], &shown["offsetSeconds"]), (&json!(false), &json!(0)));
    assert_eq!(why_inactive(&mut client, &token), "not_yet_valid");
}

#[test]
fn a_frozen_clock_stands_still_until_it_is_resumed() {
    let emulator = Running::in_memory();
    let mut client = emulator.client();
    let frozen = freeze(&mut client);
    std::thread::sleep(Duration::from_millis(5));
    let later = clock(&mut client);
    assert_eq!((&later["frozen"], &later["now"]), (&json!(true), &frozen["now"]));
    assert!(time_of(&later, "machine") > time_of(&frozen, "machine"));
    let advanced = advance(&mut client, "1h30m");
    assert_eq!(time_of(&advanced, "now") - time_of(&frozen, "now"), time::Duration::minutes(90));
    let resumed = change(&mut client, "resume", Value::Null);
    assert_eq!(resumed["frozen"], false);
    std::thread::sleep(Duration::from_millis(5));
    assert!(time_of(&clock(&mut client), "now") > time_of(&advanced, "now"));
    assert_eq!(clock(&mut client)["offsetSeconds"], 5400);
}

/// Issues, revokes and issues again while the clock stands still, and returns both tokens.
fn two_tokens(client: &mut Client, user: &str) -> [String; 2] {
    let mut at_once = |what: &mut dyn FnMut(&mut Client) -> String| {
        let began = Instant::now();
        let result = what(client);
        assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
        result
    };
    at_once(&mut |client| freeze(client)["now"].to_string());
    let first = at_once(&mut |client| token_of(&client.issue(user)));
    at_once(&mut |client| {
        revoke(client, user);
        String::new()
    });
    let second = at_once(&mut |client| token_of(&client.issue(user)));
    assert_eq!(at_once(&mut |client| why_inactive(client, &first)), "revoked");
    assert_eq!(at_once(&mut |client| why_inactive(client, &second)), "");
    at_once(&mut |client| {
        revoke(client, user);
        String::new()
    });
    assert_eq!(at_once(&mut |client| why_inactive(client, &second)), "revoked");
    [first, second]
}

#[test]
fn revocations_hold_while_the_clock_is_frozen_and_after_it_was_set_back() {
    let emulator = Running::in_memory();
    let mut client = emulator.client();
    let user = client.create();
    let tokens = two_tokens(&mut client, &user);
    for _ in 0..2 {
        for token in &tokens {
            assert_eq!(why_inactive(&mut client, token), "revoked");
        }
        advance(&mut client, "-1d");
    }
    let third = token_of(&client.issue(&user));
    assert_eq!(why_inactive(&mut client, &third), "");
}

#[cfg(feature = "sqlite")]
#[test]
fn a_restarted_folder_keeps_the_clock_and_the_revocations() {
    let folder = Folder::new();
    let start = || Running::start(Config::in_folder(folder.path()));
    let emulator = start();
    let user = emulator.client().create();
    let tokens = two_tokens(&mut emulator.client(), &user);
    let frozen = clock(&mut emulator.client())["now"].clone();
    emulator.stop();
    let emulator = start();
    let mut client = emulator.client();
    assert_eq!(clock(&mut client)["now"], frozen);
    for token in &tokens {
        assert_eq!(why_inactive(&mut client, token), "revoked");
    }
    // What was done before the restart works after it, too.
    let more = two_tokens(&mut client, &user);
    advance(&mut client, "-1d");
    change(&mut client, "resume", Value::Null);
    emulator.stop();
    let emulator = start();
    let mut client = emulator.client();
    let shown = clock(&mut client);
    assert_eq!(shown["frozen"], false);
    let behind = shown["offsetSeconds"].as_i64().unwrap();
    assert!((-86_460..=-86_390).contains(&behind), "{shown}");
    for token in tokens.iter().chain(&more) {
        assert_eq!(why_inactive(&mut client, token), "revoked");
    }
}

#[test]
fn a_delayed_revocation_comes_into_force_when_the_clock_reaches_its_time_and_stays() {
    let emulator = Running::start(Config { revocation_delay: Duration::from_secs(600), ..Config::in_memory() });
    let mut client = emulator.client();
    freeze(&mut client);
    let user = client.create();
    let token = token_of(&client.issue(&user));
    revoke(&mut client, &user);
    advance(&mut client, "9m");
    assert_eq!(why_inactive(&mut client, &token), "");
    advance(&mut client, "1m");
    advance(&mut client, "-5m");
    assert_eq!(why_inactive(&mut client, &token), "revoked");
}

#[test]
fn a_token_of_the_future_is_inactive_until_then() {
    let emulator = Running::in_memory();
    let mut client = emulator.client();
    freeze(&mut client);
    let user = client.create();
    let token = token_of(&client.issue(&user));
    advance(&mut client, "-1s");
    assert_eq!(why_inactive(&mut client, &token), "not_yet_valid");
    advance(&mut client, "1s");
    assert_eq!(why_inactive(&mut client, &token), "");
}

#[cfg(feature = "sqlite")]
#[test]
fn a_time_at_the_start_replaces_the_time_of_the_folder() {
    let folder = Folder::new();
    let at = |clock_time| {
        let clock_time = parse_iso(clock_time);
        let emulator = Running::start(Config { clock_time, ..Config::in_folder(folder.path()) });
        let shown = clock(&mut emulator.client());
        emulator.stop();
        shown["now"].as_str().unwrap()[..13].to_owned()
    };
    assert_eq!(at("2030-01-01T00:00:00Z"), "2030-01-01T00");
    assert_eq!(at(""), "2030-01-01T00");
    assert_eq!(at("2029-01-01T00:00:00Z"), "2029-01-01T00");
    let clock_time = parse_iso("1969-12-31T23:59:59Z");
    let error = acs_identity_emulator::Emulator::open(Config { clock_time, ..Config::in_folder(folder.path()) });
    insta::assert_snapshot!(error.unwrap_err(), @"the clock of the service cannot show 1969-12-31T23:59:59Z, but times from 1970-01-01T00:00:00Z to 2262-01-01T00:00:00Z");
}

#[cfg(feature = "sqlite")]
#[test]
fn a_start_warns_that_the_folder_keeps_a_clock_that_was_set() {
    let folder = Folder::new();
    let start = |clock_time| {
        let (emulator, events) = Running::with_events(Config { clock_time, ..Config::in_folder(folder.path()) });
        (emulator, events.text())
    };
    let (emulator, said) = start(None);
    assert_eq!(said, "");
    advance(&mut emulator.client(), "25h");
    emulator.stop();
    let (emulator, said) = start(None);
    let far =
        "WARN the data keeps a clock that was set before: it is 1 d 1 h 0 min ahead of the machine's clock, and shows ";
    assert!(said.starts_with(far), "{said}");
    freeze(&mut emulator.client());
    advance(&mut emulator.client(), "-49h");
    emulator.stop();
    let (emulator, said) = start(None);
    assert!(said.contains("it is frozen, 1 d 0 h 0 min behind the machine's clock"), "{said}");
    emulator.stop();
    let (emulator, said) = start(Some(OffsetDateTime::now_utc()));
    assert_eq!(said, "");
    change(&mut emulator.client(), "reset", Value::Null);
    emulator.stop();
    let (emulator, said) = start(None);
    assert_eq!(said, "");
    emulator.stop();
}

#[test]
fn bad_times_and_durations_are_refused() {
    let emulator = Running::in_memory();
    let mut client = emulator.client();
    let mut refused = |name: &str, body: Value| {
        let answer = try_change(&mut client, name, &body);
        format!("{} {}", answer.status, answer.body["error"])
    };
    insta::assert_snapshot!(refused("set", json!({"now": "tomorrow"})), @r#"400 {"code":"ValidationError","message":"'now' must be a time of RFC 3339, for example 2030-01-31T09:00:00Z.","target":"now"}"#);
    insta::assert_snapshot!(refused("set", json!({"now": "2263-01-01T00:00:00Z"})), @r#"400 {"code":"ValidationError","message":"The clock can show times from 1970-01-01T00:00:00Z to 2262-01-01T00:00:00Z.","target":"now"}"#);
    insta::assert_snapshot!(refused("set", json!({"at": "2030-01-01T00:00:00Z"})), @r#"400 {"code":"ValidationError","message":"'at' is not a member of this body. It can have: now."}"#);
    insta::assert_snapshot!(refused("set", Value::Null), @r#"400 {"code":"ValidationError","message":"The request body is not valid JSON: it ends too early, in line 1 at column 0."}"#);
    insta::assert_snapshot!(refused("advance", json!({"by": "90"})), @r#"400 {"code":"ValidationError","message":"'by' must be a duration with a unit, for example 2h, -1d or PT90M.","target":"by"}"#);
    insta::assert_snapshot!(refused("advance", json!({"by": "-100000d"})), @r#"409 {"code":"Conflict","message":"The clock can show times from 1970-01-01T00:00:00Z to 2262-01-01T00:00:00Z.","target":"by"}"#);
    assert_eq!(clock(&mut client)["offsetSeconds"], 0);
}
