//! `emulator reset`.

use insta::assert_snapshot;

use super::*;

#[test]
fn a_reset_leaves_no_identity() {
    let world = World::durable();
    let user = world.users(3).remove(0);
    assert_eq!(world.identities(), 3);
    let reset = run(&mut of(&world, "reset --yes"));
    assert_eq!((reset.code, reset.stdout.as_str(), reset.stderr.as_str()), (Some(0), "", ""));
    assert_eq!(world.identities(), 0);
    assert_snapshot!(world.shows(&format!("token issue --scope chat --user {user}")), @"
    exit 3
    --- stderr
    ERROR: (IdentityNotFound) Provided identity doesn't exist.
    Code: IdentityNotFound
    Message: Provided identity doesn't exist.
    ");
    // The keys stay, so the connection string still works.
    assert_eq!(world.users(1).len(), 1);
}

#[test]
fn a_reset_asks_first() {
    let world = World::shared();
    world.users(1);
    assert_snapshot!(shows(world, &mut of(world, "reset")), @"
    exit 1
    --- stderr
    WARNING: Unable to prompt for confirmation as no tty available. Use --yes.
    ERROR: Operation cancelled.
    ");
}

#[test]
fn an_emulator_that_refuses_the_credential_is_not_reset() {
    let world = World::shared();
    let mut command = of(world, "reset --yes");
    command.env("AZURE_COMMUNICATION_EMULATOR_CONTROL_SECRET", "wrong");
    assert_snapshot!(shows(world, &mut command), @"
    exit 1
    --- stderr
    ERROR: The emulator at http://localhost:PORT refuses the control secret in AZURE_COMMUNICATION_EMULATOR_CONTROL_SECRET.
    Hint: Give another credential: --connection-string with an access key that is in force, or --control-secret-file FILE. The log of the emulator says why the request was refused.
    ");
}
