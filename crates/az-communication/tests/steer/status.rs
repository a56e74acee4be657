//! What `emulator status` says of an emulator whose control API may be asked.

use insta::assert_snapshot;

use super::support::emulator::Emulator;
use super::*;

#[test]
fn with_a_credential_the_status_has_what_the_control_api_says() {
    let home = Folder::new();
    let world =
        World { emulator: Emulator::start(&home, &["--in-memory", "--control-secret-file", "secret"]).into(), home };
    world.users(2);
    let seen = shows(
        &world,
        &mut of(
            &world,
            "status --control-secret-file secret --query [ready,storage,identities,requests,faults,controlVersion]",
        ),
    );
    assert_snapshot!(seen, @r#"
    exit 0
    --- stdout
    [
      true,
      "memory",
      2,
      2,
      0,
      "2026-11-26"
    ]
    "#);
}

#[test]
fn without_a_known_credential_the_status_is_the_health() {
    let world = World::shared();
    let seen = run(&mut of(world, "status")).json();
    let names: Vec<&String> = seen.as_object().unwrap().keys().collect();
    assert_eq!(names, ["endpoint", "pid", "ready", "reason", "resourceId"]);
    let mut wrong = of(world, "status");
    wrong.env("AZURE_COMMUNICATION_EMULATOR_CONTROL_SECRET", "wrong");
    assert_eq!(run(&mut wrong).json(), seen);
}
