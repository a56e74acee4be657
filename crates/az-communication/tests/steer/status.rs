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
fn the_status_is_asked_for_with_the_credential_that_all_commands_use() {
    let home = Folder::new();
    let own = ["--access-key", "c2VjcmV0IHNlY3JldCBzZWNyZXQ="];
    let well_known = Emulator::in_memory(&home);
    let of_folder = Emulator::start(&home, &[&own[..], &["--data-dir", "own"]].concat());
    let unknown = Emulator::start(&home, &[&own[..], &["--in-memory"]].concat());
    let names = |words: &str, emulator: &Emulator| {
        let mut status = super::emulator(&home, words);
        let seen = run(status.arg(emulator.port().to_string())).json();
        seen.as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    assert!(names("status --port", &well_known).contains(&"identities".to_owned()));
    assert!(names("status --data-dir own --port", &of_folder).contains(&"identities".to_owned()));
    // If the emulator refuses the credential, the status is the health, and says so.
    assert_eq!(names("status --port", &unknown), ["dashboard", "endpoint", "pid", "ready", "reason", "resourceId"]);
    let seen = run(super::emulator(&home, "status --port").arg(unknown.port().to_string()));
    let port = unknown.port();
    assert_snapshot!(seen.stderr.replace(&port.to_string(), "PORT"), @"WARNING: The emulator at http://localhost:PORT refuses the well-known access key. Only its health is shown.");
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
