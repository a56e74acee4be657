//! Tests of users whom the service refuses or does not find, and of errors that affect all requests.

use super::*;
use crate::support::seen::run;
use insta::assert_snapshot;

const STRANGER: &str = "8:acs:11111111-1111-1111-1111-111111111111_22222222-2222-2222-2222-222222222222";

#[test]
fn users_who_do_not_exist_are_counted_apart() {
    let world = World::new();
    list(&world, 3);
    let delete = "user delete-batch --users-from users.txt --yes";
    assert_snapshot!(counts(&world, delete), @"
    exit 0
    --- stdout
    deleted 3, failed 0, gone 0, skipped 0
    ");
    assert_snapshot!(counts(&world, delete), @"
    exit 0
    --- stdout
    deleted 0, failed 0, gone 3, skipped 0
    ");
    assert_snapshot!(counts(&world, "token revoke-batch --users-from users.txt --yes"), @"
    exit 0
    --- stdout
    failed 0, gone 3, revoked 0, skipped 0
    ");
}

#[test]
fn users_who_do_not_exist_are_recorded() {
    let world = World::new();
    list(&world, 3);
    world.ok("user delete-batch --users-from users.txt --yes");
    let revoke = "token revoke-batch --users-from users.txt --out-file r.jsonl --yes";
    world.ok(revoke);
    assert_eq!(world.outcomes("r.jsonl", "gone").len(), 3);
    assert_eq!(world.ok(revoke)["skipped"], 3);
}

/// Makes a list of a user of another resource and a user of this one.
fn with_a_stranger() -> World {
    let world = World::new();
    let user = world.users(1).remove(0);
    world.home.write("users.txt", format!("{STRANGER}\n{user}\n"));
    world
}

#[test]
fn a_user_whom_the_service_refuses_is_an_error_and_the_others_are_done() {
    let world = with_a_stranger();
    let batch = format!("{ISSUE} --users-from users.txt --out-file out.jsonl --only-show-errors");
    assert_snapshot!(counts(&world, &batch), @"
    exit 1
    --- stdout
    failed 1, issued 1, renewed 0, skipped 0, unknown 0
    --- stderr
    ERROR: USER: (IdentityNotOwned) Provided identity doesn't belong to the resource.
    ");
}

#[test]
fn a_user_whom_the_service_refuses_is_recorded_and_tried_again() {
    let world = with_a_stranger();
    let batch = format!("{ISSUE} --users-from users.txt --out-file out.jsonl --only-show-errors");
    world.run(&batch);
    let failed = world.outcomes("out.jsonl", "failed");
    assert_eq!((failed.len(), &failed[0]["user_id"], &failed[0]["status"]), (1, &STRANGER.into(), &401.into()));
    assert_snapshot!(counts(&world, &batch), @"
    exit 1
    --- stdout
    failed 1, issued 0, renewed 0, skipped 1, unknown 0
    --- stderr
    ERROR: USER: (IdentityNotOwned) Provided identity doesn't belong to the resource.
    ");
}

#[test]
fn a_refused_argument_ends_the_run_at_the_first_error() {
    let world = World::new();
    list(&world, 3);
    let batch = "token issue-batch --scope caht --users-from users.txt --out-file new.jsonl";
    let seen = counts(&world, batch);
    assert_snapshot!(seen, @"
    exit 1
    --- stderr
    WARNING: 'caht' is not a known scope. Did you mean 'chat'?
    ERROR: (ValidationError) Invalid scopes - Scope 'caht' is not supported.
    Code: ValidationError
    Message: Invalid scopes - Scope 'caht' is not supported.
    Target: scopes
    Hint: 0 of 3 were issued. Correct the command and run it again.
    ");
    // The first run did nothing, so the second run prints nothing about repeated requests.
    assert_eq!(counts(&world, batch), seen);
}

/// Runs a batch of 100 with a wrong access key.
fn with_a_wrong_key(world: &World) -> Seen {
    let mut command = world.command(&format!("{ISSUE} --out-file out.jsonl --count 100"));
    let wrong = world.emulator.connection_string().replace("V2Vs", "AAAA");
    run(command.env("AZURE_COMMUNICATION_CONNECTION_STRING", wrong))
}

#[test]
fn a_wrong_access_key_ends_the_run_at_the_first_error() {
    assert_snapshot!(with_a_wrong_key(&World::new()), @"
    exit 1
    --- stderr
    ERROR: (Denied) Denied by the resource provider.
    Code: Denied
    Message: Denied by the resource provider.
    Hint: The emulator does not know this access key. Use the `connectionString` of its ready line, or of the file of --ready-file if the line has null. After a regeneration, use the keys that az communication emulator key list shows. The emulator's log says why it refused the request.
    Hint: 0 of 100 were issued. Run the command again to resume.
    ");
}

#[test]
fn after_a_wrong_access_key_the_batch_is_resumed_with_the_right_one() {
    let world = World::new();
    with_a_wrong_key(&world);
    assert_snapshot!(counts(&world, &format!("{ISSUE} --out-file out.jsonl --count 2")), @"
    exit 0
    --- stdout
    failed 0, issued 2, renewed 0, skipped 0, unknown 0
    ");
}

#[test]
fn one_source_of_users_is_required() {
    let world = World::shared();
    let batch = format!("{ISSUE} --out-file none.jsonl");
    for more in ["", " --count 1 --users-from x", " --count 1 --names-from x"] {
        let error = "ERROR: Give one of --count, --users-from and --names-from.\n";
        assert_eq!(world.fails(&format!("{batch}{more}"), 2), error, "{more}");
    }
    assert!(!world.home.path().join("none.jsonl").exists());
}
