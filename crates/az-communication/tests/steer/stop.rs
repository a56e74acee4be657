//! `emulator stop`.

use std::time::{Duration, Instant};

use acs_identity_emulator::{check_export, is_folder_unused};
use insta::assert_snapshot;

use super::support::emulator::Emulator;
use super::*;

#[test]
fn an_emulator_ends_cleanly_and_is_gone_when_the_command_returns() {
    let home = Folder::new();
    let mut started = Emulator::start(&home, &["--ready-file", "ready.json", "--pid-file", "emulator.pid"]);
    let stop = run(&mut emulator(&home, "stop --ready-file ready.json --port 0"));
    assert_eq!((stop.code, stop.stdout.as_str(), stop.stderr.as_str()), (Some(0), "", ""));
    assert_eq!(started.child.wait().unwrap().code(), Some(0));
    assert!(!home.path().join("ready.json").exists() && !home.path().join("emulator.pid").exists());
    // The folder is free again.
    drop(Emulator::start(&home, &[]));
}

#[test]
fn an_emulator_without_a_pid_file_is_stopped_by_its_port() {
    let mut world = World::alone();
    assert_eq!(run(&mut of(&world, "stop")).code, Some(0));
    let emulator = std::sync::Arc::get_mut(&mut world.emulator).unwrap();
    assert_eq!(emulator.child.wait().unwrap().code(), Some(0));
}

#[test]
fn the_export_at_the_end_is_written_and_the_folder_is_free_when_the_command_returns() {
    let home = Folder::new();
    let file = home.path().join("state.jsonl");
    for words in [
        "--port PORT",
        "--port PORT --data-dir data",
        "--endpoint http://localhost:PORT --control-secret-file secret",
        "--connection-string STRING",
    ] {
        let options = ["--data-dir", "data", "--export-on-exit", "state.jsonl", "--control-secret-file", "secret"];
        let mut started = Emulator::start(&home, &options);
        started.client().create();
        let words = words.replace("PORT", &started.port().to_string()).replace("STRING", &started.connection_string());
        let mut stop = emulator(&home, &format!("stop {words}"));
        assert_eq!(run(&mut stop).code, Some(0), "{words}");
        let exported = std::fs::read(&file).unwrap();
        assert!(check_export(&exported).unwrap().identities > 0);
        if words.contains("--data-dir") {
            assert!(is_folder_unused(&home.path().join("data")));
        }
        assert_eq!(started.child.wait().unwrap().code(), Some(0));
        std::fs::remove_file(&file).unwrap();
    }
}

#[test]
fn a_stop_fails_if_the_export_at_the_end_fails() {
    let home = Folder::new();
    let folder = home.path().join("gone");
    std::fs::create_dir(&folder).unwrap();
    let mut started = Emulator::start(&home, &["--in-memory", "--export-on-exit", "gone/state.jsonl"]);
    std::fs::remove_dir(&folder).unwrap();
    let stop = run(&mut emulator(&home, &format!("stop --port {}", started.port()))).hiding_home(&home);
    assert_snapshot!(stop, @"
    exit 1
    --- stderr
    ERROR: The emulator has ended, but the export at its end has failed. The export cannot be written to gone/state.jsonl: No such file or directory.
    ");
    assert_eq!(started.child.wait().unwrap().code(), Some(1));
}

#[test]
fn a_stop_during_emulator_run_returns_before_the_command_has_ended() {
    let home = Folder::new();
    let file = home.path().join("state.jsonl");
    let mut command = emulator(&home, "run --export-on-exit state.jsonl -- sh -c");
    command.arg("az communication emulator stop; echo $? $(wc -l < state.jsonl); rm state.jsonl; exit 3");
    let seen = run(&mut command);
    assert_eq!((seen.code, seen.stdout.as_str()), (Some(3), "0 5\n"), "{}", seen.stderr);
    assert!(!file.exists());
}

#[test]
fn an_emulator_in_the_background_is_stopped() {
    let home = Folder::new();
    let start = run(&mut emulator(&home, "start --detach --in-memory --port 0"));
    let pid = start.json()["pid"].to_string();
    assert_eq!(run(&mut emulator(&home, "stop --in-memory --port 0")).code, Some(0));
    // Its files are removed a little before the process ends.
    let latest = Instant::now() + Duration::from_secs(10);
    while !std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default().is_empty() {
        assert!(Instant::now() < latest, "the process {pid} has not ended");
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_snapshot!(run(&mut emulator(&home, "stop --in-memory --port 0")).hiding_home(&home), @"
    exit 0
    --- stderr
    WARNING: Nothing was stopped: no running emulator uses HOME/.azure/communication-emulator-in-memory.json.
    ");
}

#[test]
fn a_wrong_credential_does_not_stop_an_emulator() {
    let world = World::shared();
    let mut command = of(world, "stop");
    command.env("AZURE_COMMUNICATION_EMULATOR_CONTROL_SECRET", "wrong");
    assert_snapshot!(shows(world, &mut command), @"
    exit 1
    --- stderr
    ERROR: The emulator at http://localhost:PORT refuses the control secret in AZURE_COMMUNICATION_EMULATOR_CONTROL_SECRET.
    Hint: Give another credential: --connection-string with an access key that is in force, or --control-secret-file FILE. The log of the emulator says why the request was refused.
    ");
    assert_eq!(run(&mut of(world, "status")).code, Some(0));
}

#[test]
fn a_stop_waits_for_the_emulator_that_it_asked_and_names_another_one_that_runs() {
    let home = Folder::new();
    let folder = run(&mut emulator(&home, "start --detach --port 0")).json();
    let memory = run(&mut emulator(&home, "start --detach --in-memory --port 0")).json();
    let port = |ready: &serde_json::Value| ready["endpoint"].as_str().unwrap().rsplit_once(':').unwrap().1.to_owned();
    let seen = run(&mut emulator(&home, "stop")).hiding(port(&folder), "FOLDER").hiding(port(&memory), "MEMORY");
    assert_snapshot!(seen, @"
    exit 0
    --- stderr
    WARNING: The emulator at https://localhost:FOLDER was stopped. Another one is still running at https://localhost:MEMORY.
    ");
    assert_eq!(run(&mut emulator(&home, "status")).json()["pid"], memory["pid"]);
    assert_snapshot!(run(&mut emulator(&home, "stop")), @"exit 0");
}
