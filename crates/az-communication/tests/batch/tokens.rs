//! Tests of recorded tokens that have expired or will expire soon.

use super::*;
use insta::assert_snapshot;

const BATCH: &str = "token issue-batch --scope chat --count 3 --out-file t.jsonl";

/// Makes a record of three tokens, one of which has expired.
fn with_an_expired_token() -> World {
    let world = World::durable();
    world.ok(BATCH);
    let path = world.home.path().join("t.jsonl");
    let text = std::fs::read_to_string(&path).unwrap();
    let line = text.lines().find(|line| line.contains("\"n\":1,\"outcome\"")).unwrap();
    let json: Value = serde_json::from_str(line).unwrap();
    let expired = line.replace(json["expires_on"].as_str().unwrap(), "2020-01-01T00:00:00+00:00");
    std::fs::write(&path, text.replace(line, &expired)).unwrap();
    world
}

#[test]
fn an_expired_token_is_a_warning() {
    assert_snapshot!(counts(&with_an_expired_token(), BATCH), @"
    exit 0
    --- stdout
    failed 0, issued 0, renewed 0, skipped 3, unknown 0
    --- stderr
    WARNING: In t.jsonl, 1 token has expired. Renew expired tokens with --refresh 0, or --refresh 1h.
    ");
}

#[test]
fn an_expired_token_is_renewed_on_request_for_the_same_user() {
    let world = with_an_expired_token();
    assert_snapshot!(counts(&world, &format!("{BATCH} --refresh 1h")), @"
    exit 0
    --- stdout
    failed 0, issued 0, renewed 1, skipped 2, unknown 0
    ");
    assert_snapshot!(counts(&world, BATCH), @"
    exit 0
    --- stdout
    failed 0, issued 0, renewed 0, skipped 3, unknown 0
    ");
    assert_eq!(world.identities(), 3);
}

#[test]
fn tokens_that_expire_within_the_given_time_are_renewed() {
    let world = World::durable();
    world.ok(BATCH);
    assert_snapshot!(counts(&world, &format!("{BATCH} --refresh 2d")), @"
    exit 0
    --- stdout
    failed 0, issued 0, renewed 3, skipped 0, unknown 0
    ");
}

#[test]
fn the_last_line_of_a_user_has_the_token_in_force() {
    let world = with_an_expired_token();
    world.ok(&format!("{BATCH} --refresh 2d"));
    let lines = world.outcomes("t.jsonl", "issued");
    let mut client = world.emulator.client();
    assert!(lines[lines.len() - 3..].iter().all(|line| client.is_active(line["token"].as_str().unwrap())));
}
