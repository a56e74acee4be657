//! Tests of assignments of Teams and Entra users, and of the exchange of their tokens.

use super::*;
use insta::assert_snapshot;
use std::sync::atomic::{AtomicUsize, Ordering};

/// An assignment of a new user.
struct Assignment {
    world: &'static World,
    object: String,
    /// The output of its creation.
    created: Seen,
}

impl Assignment {
    fn new(group: &str) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let object = format!("22222222-2222-2222-2222-{:012}", COUNT.fetch_add(1, Ordering::SeqCst));
        let world = World::shared();
        let one = format!("--tenant {TENANT} --object-id {object} --principal-type user --client-ids {APP}");
        let created = world.shows(&format!("{group} assignment create {one}"));
        Self { world, created: named(created.hiding(&object, "OBJECT")), object }
    }

    /// Runs a command for the assignment, with these words after the options that name it.
    fn shows(&self, command: &str, more: &str) -> Seen {
        let tenant = if command.starts_with("entra") { String::new() } else { format!("--tenant {TENANT}") };
        let seen = self.world.shows(&format!("{command} {tenant} --object-id {} {more}", self.object));
        named(seen.hiding(&self.object, "OBJECT"))
    }

    /// Returns an Entra token of the user, with these options.
    fn token(&self, options: &str) -> String {
        entra_token_of(self.world, &self.object, &format!("--tenant {TENANT} {options}"))
    }
}

const GROUPS: [&str; 2] = ["teams-extension", "entra"];

#[test]
fn an_assignment_is_created() {
    assert_snapshot!(each(GROUPS, |group| Assignment::new(group).created), @r#"
    > teams-extension
    exit 0
    --- stdout
    {
      "clientIds": [
        "APP"
      ],
      "objectId": "OBJECT",
      "principalType": "user",
      "tenantId": "TENANT"
    }

    > entra
    exit 0
    --- stdout
    {
      "clientIds": [
        "APP"
      ],
      "objectId": "OBJECT",
      "principalType": "user",
      "tenantId": "TENANT"
    }
    "#);
}

#[test]
fn an_assignment_is_shown() {
    for group in GROUPS {
        let assignment = Assignment::new(group);
        assert_eq!(assignment.shows(&format!("{group} assignment show"), ""), assignment.created, "{group}");
    }
}

#[test]
fn an_assignment_is_updated() {
    let client_ids = format!("--client-ids {TENANT} {APP}");
    let update = |group: &str| Assignment::new(group).shows(&format!("{group} assignment update"), &client_ids);
    assert_snapshot!(each(GROUPS, update), @r#"
    > teams-extension
    exit 0
    --- stdout
    {
      "clientIds": [
        "TENANT",
        "APP"
      ],
      "objectId": "OBJECT",
      "principalType": "user",
      "tenantId": "TENANT"
    }

    > entra
    exit 0
    --- stdout
    {
      "clientIds": [
        "TENANT",
        "APP"
      ],
      "objectId": "OBJECT",
      "principalType": "user",
      "tenantId": "TENANT"
    }
    "#);
}

#[test]
fn a_deleted_assignment_is_not_found() {
    let show = |group: &str| {
        let assignment = Assignment::new(group);
        let deleted = assignment.shows(&format!("{group} assignment delete"), "--yes");
        assert_eq!(deleted.to_string(), "exit 0\n");
        assignment.shows(&format!("{group} assignment show"), "")
    };
    assert_snapshot!(each(GROUPS, show), @"
    > teams-extension
    exit 3
    --- stderr
    ERROR: (AssignmentNotFound) The assignment doesn't exist.
    Code: AssignmentNotFound
    Message: The assignment doesn't exist.

    > entra
    exit 3
    --- stderr
    ERROR: (AssignmentNotFound) The assignment doesn't exist.
    Code: AssignmentNotFound
    Message: The assignment doesn't exist.
    ");
}

#[test]
fn assignments_of_entra_users_are_listed() {
    let world = World::alone();
    let one = format!("--tenant {TENANT} --object-id {OBJECT} --principal-type user --client-ids {APP}");
    world.ok(&format!("entra assignment create {one}"));
    assert_eq!(world.ok("entra assignment list").as_array().unwrap().len(), 1);
    world.ok(&format!("entra assignment delete --object-id {OBJECT} --yes"));
    assert_eq!(world.ok("entra assignment list"), serde_json::json!([]));
}

#[test]
fn an_unknown_kind_of_principal_is_a_usage_error() {
    let one = format!("--tenant {TENANT} --object-id {OBJECT} --client-ids {APP} --principal-type robot");
    let seen = World::shared().shows(&format!("entra assignment create {one}"));
    let error = "'robot' is not a valid value for '--principal-type'. Allowed values: ";
    assert!(seen.code == Some(2) && seen.stderr.contains(error), "{seen}");
}

const OF_TEAMS: &str = "--scopes TeamsExtension.ManageCalls";

#[test]
fn a_token_of_an_assigned_teams_user_is_exchanged() {
    let assignment = Assignment::new("teams-extension");
    let words = format!("teams-extension exchange --entra-token {}", assignment.token(OF_TEAMS));
    let exchanged = assignment.world.ok(&words);
    let id = exchanged["identity"]["id"].as_str().unwrap();
    assert!(id.ends_with(&format!("_{TENANT}_{}", assignment.object)), "{exchanged}");
}

#[test]
fn a_token_of_an_assigned_entra_user_is_exchanged() {
    let assignment = Assignment::new("entra");
    let token = assignment.token("--audience https://communication.azure.com/clients --scopes Chat");
    let exchanged = assignment.world.ok(&format!("entra exchange --entra-token {token}"));
    let token = exchanged["accessToken"]["token"].as_str().unwrap();
    assert_eq!(assignment.world.ok(&format!("token inspect --token {token}"))["scopes"], serde_json::json!(["chat"]));
}

#[test]
fn a_token_of_a_user_without_an_assignment_is_refused() {
    let world = World::shared();
    let token = entra_token(world, &format!("--tenant {TENANT} {OF_TEAMS}"));
    let seen = world.shows(&format!("teams-extension exchange --entra-token {token}"));
    assert!(seen.code == Some(1) && seen.stderr.starts_with("ERROR: (Forbidden) "), "{seen}");
}

#[test]
fn a_text_that_is_not_a_token_is_refused_with_a_hint() {
    assert_snapshot!(World::shared().shows("teams-extension exchange --entra-token nonsense"), @"
    exit 1
    --- stderr
    ERROR: (InvalidAccessToken) Provided access token is not valid.
    Code: InvalidAccessToken
    Message: Provided access token is not valid.
    Hint: The token must be valid, must be for this service, and must contain TeamsExtension.ManageCalls: az communication user-identity token inspect
    ");
}
