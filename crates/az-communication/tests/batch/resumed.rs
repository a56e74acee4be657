//! Tests of batches that are resumed by running the command again: recorded requests are not sent again.

use std::os::unix::fs::symlink;

use super::*;
use insta::assert_snapshot;

const BATCH: &str = "token issue-batch --scope chat --users-from users.txt --out-file out.jsonl";

#[test]
fn what_is_recorded_is_skipped() {
    let world = World::new();
    list(&world, 40);
    assert_snapshot!(counts(&world, BATCH), @"
    exit 0
    --- stdout
    failed 0, issued 40, renewed 0, skipped 0, unknown 0
    ");
    assert_snapshot!(counts(&world, BATCH), @"
    exit 0
    --- stdout
    failed 0, issued 0, renewed 0, skipped 40, unknown 0
    ");
}

#[test]
fn comments_empty_lines_and_repeated_users_of_a_list_are_skipped() {
    let world = World::new();
    let users = world.users(2);
    world.home.write("users.txt", format!("# ours\n{}\n\n{}\n", users.join("\n"), users[0]));
    assert_eq!(world.ok(BATCH)["issued"], 2);
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn a_new_record_can_be_read_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::new();
    world.ok(&format!("{ISSUE} --count 1 --out-file out.jsonl"));
    let mode = std::fs::metadata(world.home.path().join("out.jsonl")).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o600);
}

/// A kill may leave such a record.
#[test]
fn a_record_that_was_cut_in_a_line_is_resumed() {
    let world = World::new();
    list(&world, 40);
    world.ok(BATCH);
    let out = world.home.path().join("out.jsonl");
    let text = std::fs::read_to_string(&out).unwrap();
    std::fs::write(&out, &text[..text.len() - 700]).unwrap();
    let seen = world.run(BATCH);
    assert_eq!(seen.code, Some(0), "{seen}");
    let (issued, skipped) = (seen.json()["issued"].as_i64().unwrap(), seen.json()["skipped"].as_i64().unwrap());
    assert!(issued >= 1 && issued + skipped == 40, "{seen}");
    assert_eq!(world.outcomes("out.jsonl", "issued").len(), 40);
}

#[test]
fn the_tokens_of_a_record_are_revoked_once() {
    let world = World::new();
    world.ok(&format!("{ISSUE} --count 4 --out-file out.jsonl"));
    let tokens = world.outcomes("out.jsonl", "issued");
    let revoke = "token revoke-batch --users-from out.jsonl --out-file revoked.jsonl --yes";
    assert_snapshot!(counts(&world, revoke), @"
    exit 0
    --- stdout
    failed 0, gone 0, revoked 4, skipped 0
    ");
    assert_snapshot!(counts(&world, revoke), @"
    exit 0
    --- stdout
    failed 0, gone 0, revoked 0, skipped 4
    ");
    let mut client = world.emulator.client();
    assert!(tokens.iter().all(|line| !client.is_active(line["token"].as_str().unwrap())));
}

#[test]
fn a_symbolic_link_to_a_record_is_followed() {
    let world = World::new();
    world.ok(&format!("{ISSUE} --count 2 --out-file real.jsonl"));
    symlink("real.jsonl", world.home.path().join("link.jsonl")).unwrap();
    assert_snapshot!(counts(&world, &format!("{ISSUE} --count 3 --out-file link.jsonl")), @"
    exit 0
    --- stdout
    failed 0, issued 1, renewed 0, skipped 2, unknown 0
    ");
    assert!(world.home.path().join("link.jsonl").is_symlink());
    assert_eq!(world.outcomes("real.jsonl", "issued").len(), 3);
}

/// Makes a record of three tokens, with an entry about a creation whose outcome is not recorded.
fn with_a_lost_creation() -> World {
    let world = World::durable();
    world.ok(&format!("{ISSUE} --count 3 --out-file t.jsonl"));
    let path = world.home.path().join("t.jsonl");
    let text = std::fs::read_to_string(&path).unwrap() + "{\"intent\":\"create\",\"n\":3}\n";
    std::fs::write(&path, text).unwrap();
    world
}

#[test]
fn a_creation_without_an_outcome_is_unknown_and_not_sent_again() {
    let world = with_a_lost_creation();
    assert_snapshot!(counts(&world, &format!("{ISSUE} --count 5 --out-file t.jsonl")), @"
    exit 1
    --- stdout
    failed 0, issued 1, renewed 0, skipped 3, unknown 1
    --- stderr
    ERROR: It is not known whether 1 user was created, because an earlier run ended before it recorded the outcome. The record says so. They count as created, and no request is sent again for them.
    ");
    assert_eq!(world.outcomes("t.jsonl", "unknown").len(), 1);
    assert_eq!(world.identities(), 4);
}

#[test]
fn an_unknown_creation_is_an_error_once() {
    let world = with_a_lost_creation();
    let batch = format!("{ISSUE} --count 5 --out-file t.jsonl");
    world.run(&batch);
    assert_snapshot!(counts(&world, &batch), @"
    exit 0
    --- stdout
    failed 0, issued 0, renewed 0, skipped 4, unknown 1
    ");
}

/// Runs a batch of two listed users, removes the last outcome from the record, and runs the batch again.
fn without_an_outcome(command: &str, intent: &str) -> Seen {
    let world = World::new();
    let users = list(&world, 2);
    let batch = format!("{command} --users-from users.txt --out-file record.jsonl --concurrency 1");
    world.ok(&batch);
    let path = world.home.path().join("record.jsonl");
    let text = std::fs::read_to_string(&path).unwrap();
    let cut = text.trim_end().rfind('\n').unwrap();
    assert!(text.contains(&format!("{{\"intent\":\"{intent}\",\"user_id\":\"{}\"}}", users[1])), "{text}");
    std::fs::write(&path, &text[..cut + 1]).unwrap();
    let seen = counts(&world, &batch);
    assert_eq!(world.ok(&batch)["skipped"], 2);
    seen
}

/// Such a request may be repeated without harm.
#[test]
fn a_request_for_a_listed_user_without_an_outcome_is_sent_again_with_a_warning() {
    assert_snapshot!(without_an_outcome(ISSUE, "issue"), @"
    exit 0
    --- stdout
    failed 0, issued 1, renewed 0, skipped 1, unknown 0
    --- stderr
    WARNING: 1 request is sent again, because an earlier run ended before it recorded the outcome. Such a user may have one more token than the record.
    ");
    assert_snapshot!(without_an_outcome("token revoke-batch --yes", "revoke"), @"
    exit 0
    --- stdout
    failed 0, gone 0, revoked 1, skipped 1
    --- stderr
    WARNING: 1 request is sent again, because an earlier run ended before it recorded the outcome. Repeating a request is harmless.
    ");
    assert_snapshot!(without_an_outcome("user delete-batch --yes", "delete"), @"
    exit 0
    --- stdout
    deleted 0, failed 0, gone 1, skipped 1
    --- stderr
    WARNING: 1 request is sent again, because an earlier run ended before it recorded the outcome. Repeating a request is harmless.
    ");
}

/// Makes a record of the previous version, which has no first line. Returns its text, too.
fn of_the_previous_version() -> (World, String) {
    let world = World::new();
    world.ok(&format!("{ISSUE} --count 3 --out-file new.jsonl"));
    let lines = world.outcomes("new.jsonl", "issued");
    let text: String = lines
        .iter()
        .map(|line| {
            let members = ["user_id", "token", "expires_on"].map(|name| (name.to_owned(), line[name].clone()));
            format!("{}\n", Value::Object(members.into_iter().collect()))
        })
        .collect();
    world.home.write("old.jsonl", &text);
    (world, text)
}

#[test]
fn a_record_of_the_previous_version_is_resumed() {
    let (world, _) = of_the_previous_version();
    let batch = format!("{ISSUE} --count 5 --out-file old.jsonl");
    assert_snapshot!(counts(&world, &batch), @"
    exit 0
    --- stdout
    failed 0, issued 2, renewed 0, skipped 3, unknown 0
    ");
    assert_snapshot!(counts(&world, &batch), @"
    exit 0
    --- stdout
    failed 0, issued 0, renewed 0, skipped 5, unknown 0
    ");
}

#[test]
fn a_record_of_the_previous_version_is_a_list_of_users() {
    let (world, _) = of_the_previous_version();
    assert_eq!(world.ok("token revoke-batch --users-from old.jsonl --yes")["revoked"], 3);
}

#[test]
fn a_record_of_the_previous_version_is_refused_for_other_scopes_and_commands() {
    let (world, text) = of_the_previous_version();
    let delete = "user delete-batch --users-from new.jsonl --out-file old.jsonl --yes";
    assert_snapshot!(world.shows(delete), @"
    exit 1
    --- stderr
    ERROR: old.jsonl cannot be used: it is the record of `token issue-batch`.
    Hint: Nothing was changed. Give another --out-file.
    ");
    assert_snapshot!(world.shows("token issue-batch --scope voip --count 4 --out-file old.jsonl"), @"
    exit 1
    --- stderr
    ERROR: old.jsonl cannot be used: its tokens have the scope chat.
    Hint: Nothing was changed. Give another --out-file.
    ");
    assert_eq!(std::fs::read_to_string(world.home.path().join("old.jsonl")).unwrap(), text);
}

#[test]
fn a_resumed_record_of_the_previous_version_has_its_scopes() {
    let (world, _) = of_the_previous_version();
    world.ok(&format!("{ISSUE} --count 5 --out-file old.jsonl"));
    let stderr = world.fails("token issue-batch --scope voip --count 6 --out-file old.jsonl", 1);
    assert!(stderr.contains("its tokens have the scope chat."), "{stderr}");
}
