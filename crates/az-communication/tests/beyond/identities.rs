//! Tests of users with user-defined names, of several users at once, and of the description of a user.

use super::*;
use insta::assert_snapshot;
use std::collections::HashSet;

#[test]
fn a_custom_id_gives_the_same_user_each_time() {
    let world = World::shared();
    let created = world.ok("user create --custom-id alice");
    assert_eq!(created["properties"]["customId"], "alice");
    assert_eq!(world.ok("user create --custom-id alice"), created);
}

#[test]
fn a_user_is_shown_with_its_custom_id() {
    let world = World::shared();
    let created = world.ok("user create --custom-id bob");
    assert_snapshot!(world.shows(&format!("user show --user {}", created["rawId"].as_str().unwrap())), @r#"
    exit 0
    --- stdout
    {
      "customId": "bob",
      "id": "USER"
    }
    "#);
}

#[test]
fn the_time_of_the_last_token_is_shown() {
    let world = World::shared();
    let (user, _) = issued(world);
    assert_snapshot!(world.shows(&format!("user show --user {user}")), @r#"
    exit 0
    --- stdout
    {
      "id": "USER",
      "lastTokenIssuedAt": "TIME"
    }
    "#);
}

#[test]
fn several_users_are_created_at_once() {
    let world = World::shared();
    let created = world.ok("user create --count 5");
    let ids: HashSet<&str> = created.as_array().unwrap().iter().map(|user| user["rawId"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 5);
}

#[test]
fn an_api_version_without_a_feature_is_a_usage_error() {
    assert_snapshot!(World::shared().shows("user show --user 8:acs:a --api-version 2023-10-01"), @"
    exit 2
    --- stderr
    ERROR: The api-version 2023-10-01 does not support showing identities.
    Hint: Supported by: 2025-03-02-preview.
    ");
}

#[test]
fn an_api_version_that_the_service_does_not_know_comes_with_those_that_it_has() {
    let seen = World::shared().shows("user create --api-version 2001-01-01");
    assert_eq!(seen.code, Some(1));
    assert!(
        seen.stderr.contains("(UnsupportedApiVersion)") && seen.stderr.contains("Hint: The service supports "),
        "{seen}"
    );
}
