//! Tests of batches of users with user-defined names.

use std::collections::HashSet;

use super::*;

const BATCH: &str = "token issue-batch --scope chat --names-from names.txt --out-file t.jsonl";

/// Creates two users with names.
fn named(options: &str) -> World {
    let world = World::durable();
    world.home.write("names.txt", "alice\nBob Smith\r\n\n");
    assert_eq!(world.ok(&format!("{BATCH} {options}"))["issued"], 2);
    world
}

#[test]
fn names_stand_in_the_record() {
    let world = named("");
    let issued = world.outcomes("t.jsonl", "issued");
    let names: HashSet<&str> = issued.iter().map(|line| line["name"].as_str().unwrap()).collect();
    assert_eq!(names, HashSet::from(["alice", "Bob Smith"]));
}

#[test]
fn a_name_that_is_recorded_is_skipped() {
    let world = named("");
    insta::assert_snapshot!(counts(&world, BATCH), @"
    exit 0
    --- stdout
    failed 0, issued 0, renewed 0, skipped 2, unknown 0
    ");
    assert_eq!(world.identities(), 2);
}

#[test]
fn a_name_is_the_custom_id_of_the_user() {
    let world = named("");
    let issued = world.outcomes("t.jsonl", "issued");
    let alice = issued.iter().find(|line| line["name"] == "alice").unwrap();
    assert_eq!(world.ok("user create --custom-id alice")["rawId"], alice["user_id"]);
}

#[test]
fn where_the_api_version_has_no_custom_ids_a_name_stands_in_the_record_only() {
    let world = named("--api-version 2023-10-01");
    insta::assert_snapshot!(counts(&world, &format!("{BATCH} --api-version 2023-10-01")), @"
    exit 0
    --- stdout
    failed 0, issued 0, renewed 0, skipped 2, unknown 0
    ");
    assert!(world.outcomes("t.jsonl", "issued").iter().all(|line| line["name"].is_string() && line["n"].is_u64()));
    assert_eq!(world.identities(), 2);
}

#[test]
fn a_record_with_names_is_a_list_of_users() {
    assert_eq!(named("").ok("user delete-batch --users-from t.jsonl --yes")["deleted"], 2);
}
