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

#[test]
fn a_wait_is_not_longer_than_it_was_asked_for() {
    let home = Folder::new();
    // It accepts connections, and never responds.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let began = std::time::Instant::now();
    let mut status = emulator(&home, "status --wait 2s --port");
    let seen = run(status.arg(listener.local_addr().unwrap().port().to_string()));
    assert_eq!((seen.code, seen.json()["ready"].as_bool()), (Some(1), Some(false)), "{seen:?}");
    // Starting the program takes time, too.
    let took = began.elapsed();
    assert!((2..4).contains(&took.as_secs()), "{took:?}");
}

#[test]
fn an_emulator_that_can_store_nothing_says_what_it_holds() {
    let home = Folder::new();
    let world = World { emulator: Emulator::start(&home, &["--data-dir", "data"]).into(), home };
    world.users(2);
    let data = world.home.path().join("data");
    std::fs::rename(data.join("identities.db"), data.join("moved.db")).unwrap();
    let refused = world.emulator.client().send("POST", "/identities?api-version=2023-10-01", "");
    assert_eq!(refused.status, 503, "{refused:?}");
    let words = "status --control-secret-file data/control-secret --query [ready,reason,storage,identities]";
    assert_snapshot!(shows(&world, &mut of(&world, words)), @r#"
    exit 1
    --- stdout
    [
      false,
      "Nothing can be stored: a file of the data folder was removed, replaced or written by another program.",
      "folder",
      2
    ]
    "#);
}
