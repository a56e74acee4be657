//! Commands reach the emulator that is named, and no other one.

use insta::assert_snapshot;

use super::support::emulator::Emulator;
use super::*;

#[test]
fn a_command_never_falls_back_to_another_emulator_than_the_one_that_is_named() {
    let home = Folder::new();
    // It uses the usual data folder, and has the usual pid file.
    let usual = run(&mut emulator(&home, "start --detach --port 0 --ready-file other/ready.json"));
    assert_eq!(usual.code, Some(1), "its folder does not exist: {usual}");
    std::fs::create_dir(home.path().join("other")).unwrap();
    let usual = run(&mut emulator(&home, "start --detach --port 0 --ready-file other/ready.json"));
    assert_eq!(usual.code, Some(0), "{usual}");
    let named = "start --detach --in-memory --port 0 --ready-file other/named.json --pid-file named.pid";
    assert_eq!(run(&mut emulator(&home, named)).code, Some(0));
    let mut said = String::new();
    for words in [
        "reset --yes --ready-file none.json",
        "reset --yes --pid-file named.pid",
        "reset --yes --in-memory",
        "clock freeze --ready-file none.json",
        "stop --ready-file none.json",
        "stop --pid-file named.pid",
    ] {
        let seen = run(&mut emulator(&home, words)).hiding_home(&home);
        said.push_str(&format!("{words}: {:?}\n{}\n", seen.code, seen.stderr.lines().next().unwrap_or_default()));
    }
    assert_snapshot!(said, @"
    reset --yes --ready-file none.json: Some(1)
    ERROR: The emulator cannot be found: no running emulator uses HOME/none.json.
    reset --yes --pid-file named.pid: Some(1)
    ERROR: The emulator cannot be found: its port is unknown, because it does not have HOME/named.json.
    reset --yes --in-memory: Some(1)
    ERROR: The emulator cannot be found: no running emulator uses HOME/.azure/communication-emulator-in-memory.json, which would name its port.
    clock freeze --ready-file none.json: Some(1)
    ERROR: The emulator cannot be found: no running emulator uses HOME/none.json.
    stop --ready-file none.json: Some(0)
    WARNING: Nothing was stopped: no running emulator uses HOME/none.json.
    stop --pid-file named.pid: Some(1)
    ERROR: The emulator cannot be found: its port is unknown, because it does not have HOME/named.json.
    ");
    for file in ["other/named.json", "other/ready.json"] {
        let mut stop = emulator(&home, "stop --ready-file");
        assert_eq!(run(stop.arg(file)).to_string(), "exit 0\n", "{file}");
    }
}

#[test]
fn the_control_secret_in_the_data_folder_of_an_emulator_in_the_foreground_is_found() {
    let home = Folder::new();
    let key = ["--access-key", "c2VjcmV0IHNlY3JldCBzZWNyZXQ="];
    let usual = Emulator::start(&home, &key);
    let own = Emulator::start(&home, &[&key[..], &["--data-dir", "own"]].concat());
    let ask = |words: &str, emulator: &Emulator| {
        let mut command = super::emulator(&home, words);
        run(command.arg(emulator.port().to_string())).code
    };
    assert_eq!(ask("clock show --port", &usual), Some(0));
    assert_eq!(ask("clock show --data-dir own --port", &own), Some(0));
    // The secret of a folder is not sent to another emulator.
    assert_eq!(ask("clock show --port", &own), Some(1));
    assert_eq!(ask("clock show --data-dir own --port", &usual), Some(1));
}

#[test]
fn a_stop_succeeds_if_nothing_is_running() {
    let home = Folder::new();
    assert_snapshot!(run(&mut emulator(&home, "stop --port 1")), @"
    exit 0
    --- stderr
    WARNING: Nothing was stopped: nothing listens on localhost:1.
    ");
}
