//! Tests of records that belong to another batch. The first line of a record describes its batch.

use super::*;
use crate::support::emulator::Emulator;
use crate::support::seen::run;
use insta::assert_snapshot;

/// Makes a record of a batch of tokens (`t.jsonl`) and a record of a batch of revocations (`r.jsonl`).
fn recorded_batches() -> World {
    let world = World::new();
    list(&world, 2);
    world.ok(&format!("{ISSUE} --users-from users.txt --out-file t.jsonl"));
    world.ok("token revoke-batch --users-from users.txt --out-file r.jsonl --yes");
    world
}

#[test]
fn the_record_of_another_command_is_refused() {
    let world = recorded_batches();
    assert_snapshot!(world.shows("user delete-batch --users-from users.txt --out-file r.jsonl --yes"), @"
    exit 1
    --- stderr
    ERROR: r.jsonl cannot be used: it is the record of `token revoke-batch`.
    Hint: Nothing was changed. Give another --out-file.
    ");
    assert_snapshot!(world.shows("token revoke-batch --users-from users.txt --out-file t.jsonl --yes"), @"
    exit 1
    --- stderr
    ERROR: t.jsonl cannot be used: it is the record of `token issue-batch`.
    Hint: Nothing was changed. Give another --out-file.
    ");
}

#[test]
fn the_record_of_other_scopes_is_refused() {
    let batch = "token issue-batch --scope voip --users-from users.txt --out-file t.jsonl";
    assert_snapshot!(recorded_batches().shows(batch), @"
    exit 1
    --- stderr
    ERROR: t.jsonl cannot be used: its tokens have the scope chat.
    Hint: Nothing was changed. Give another --out-file.
    ");
}

#[test]
fn the_record_of_another_lifetime_is_refused() {
    let batch = format!("{ISSUE} --users-from users.txt --out-file t.jsonl --expires-in 2h");
    assert_snapshot!(recorded_batches().shows(&batch), @"
    exit 1
    --- stderr
    ERROR: t.jsonl cannot be used: its tokens were requested without --expires-in.
    Hint: Nothing was changed. Give another --out-file.
    ");
}

#[test]
fn the_record_of_another_service_is_refused() {
    let world = recorded_batches();
    let other = Emulator::in_memory(&world.home);
    let mut command = world.command(&format!("{ISSUE} --users-from users.txt --out-file t.jsonl"));
    command.env("AZURE_COMMUNICATION_CONNECTION_STRING", other.connection_string());
    assert_snapshot!(world.shown(&mut command), @"
    exit 1
    --- stderr
    ERROR: t.jsonl cannot be used: it belongs to the service localhost:PORT.
    Hint: Nothing was changed. Give another --out-file.
    ");
}

#[test]
fn the_same_scopes_in_another_order_are_the_same_batch() {
    let world = World::new();
    world.ok("token issue-batch --scope voip chat --count 2 --out-file two.jsonl");
    assert_eq!(world.ok("token issue-batch --scope chat voip --count 2 --out-file two.jsonl")["skipped"], 2);
}

/// The command may have had a mistake, which the user then corrects.
#[test]
fn a_record_in_which_nothing_was_done_is_replaced() {
    for wrong in ["token issue-batch --scope caht", &format!("{ISSUE} --expires-in 30m")] {
        let world = World::new();
        let stderr = world.fails(&format!("{wrong} --count 2 --out-file t.jsonl"), 1);
        assert!(stderr.ends_with("Hint: 0 of 2 were issued. Correct the command and run it again.\n"), "{stderr}");
        assert_eq!(world.ok(&format!("{ISSUE} --count 2 --out-file t.jsonl"))["issued"], 2);
        assert_eq!(world.lines("t.jsonl")[0]["scopes"], serde_json::json!(["chat"]));
    }
}

/// The service may have carried out a creation whose outcome is not recorded.
#[test]
fn a_record_with_an_open_request_is_not_replaced() {
    let world = World::new();
    world.fails("token issue-batch --scope caht --count 2 --out-file t.jsonl", 1);
    let path = world.home.path().join("t.jsonl");
    let text = std::fs::read_to_string(&path).unwrap() + "{\"intent\":\"create\",\"n\":7}\n";
    std::fs::write(&path, &text).unwrap();
    assert_snapshot!(world.shows(&format!("{ISSUE} --count 2 --out-file t.jsonl")), @"
    exit 1
    --- stderr
    ERROR: t.jsonl cannot be used: its tokens have the scope caht.
    Hint: Nothing was changed. Give another --out-file.
    ");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

/// Makes a record of three tokens, then regenerates the key. Returns the new connection string, too.
fn with_a_regenerated_key() -> (World, String) {
    let world = World::durable();
    world.ok(&format!("{ISSUE} --count 3 --out-file t.jsonl"));
    let answer = world.emulator.client().send("POST", "/emulator/regenerate-key", r#"{"keyType":"Primary"}"#);
    assert_eq!(answer.status, 200, "{answer:?}");
    let connection = answer.body["primaryConnectionString"].as_str().unwrap().to_owned();
    (world, connection)
}

/// Regenerating a key revokes the tokens that were issued with it.
#[test]
fn tokens_of_a_regenerated_key_are_not_skipped() {
    let (world, connection) = with_a_regenerated_key();
    let mut command = world.command(&format!("{ISSUE} --count 5 --out-file t.jsonl"));
    assert_snapshot!(run(command.env("AZURE_COMMUNICATION_CONNECTION_STRING", connection)), @"
    exit 1
    --- stderr
    ERROR: t.jsonl cannot be used: 3 of its tokens were issued with another access key or login. When a key is regenerated, the tokens that it issued are revoked.
    Hint: If the key was regenerated, give --refresh 0 to issue these tokens again.
    Hint: If it is still valid, use it again, or give another --out-file.
    ");
}

#[test]
fn tokens_of_a_regenerated_key_are_renewed_on_request() {
    let (world, connection) = with_a_regenerated_key();
    let batch = |options: &str| {
        let mut command = world.command(&format!("{ISSUE} --count 5 --out-file t.jsonl {options}"));
        counted(run(command.env("AZURE_COMMUNICATION_CONNECTION_STRING", &connection)))
    };
    assert_snapshot!(batch("--refresh 0"), @"
    exit 0
    --- stdout
    failed 0, issued 2, renewed 3, skipped 0, unknown 0
    ");
    assert_snapshot!(batch(""), @"
    exit 0
    --- stdout
    failed 0, issued 0, renewed 0, skipped 5, unknown 0
    ");
    assert_eq!(world.identities(), 5);
}

#[test]
fn a_record_does_not_hold_keys() {
    let (world, connection) = with_a_regenerated_key();
    let mut command = world.command(&format!("{ISSUE} --count 5 --out-file t.jsonl --refresh 0"));
    run(command.env("AZURE_COMMUNICATION_CONNECTION_STRING", &connection));
    let text = std::fs::read_to_string(world.home.path().join("t.jsonl")).unwrap();
    for connection in [&connection, &world.emulator.connection_string()] {
        let key = connection.split("accesskey=").nth(1).unwrap();
        assert!(!text.contains(key) && !text.contains(&key[..20]));
    }
}
