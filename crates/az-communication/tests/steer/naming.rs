//! Commands reach the emulator that is named, and no other one.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
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
    ERROR: The emulator cannot be found: its port is unknown, because the emulator does not have HOME/named.json.
    reset --yes --in-memory: Some(1)
    ERROR: The emulator cannot be found: no running emulator uses HOME/.azure/communication-emulator-in-memory.json, which would name its port.
    clock freeze --ready-file none.json: Some(1)
    ERROR: The emulator cannot be found: no running emulator uses HOME/none.json.
    stop --ready-file none.json: Some(0)
    WARNING: Nothing was stopped: no running emulator uses HOME/none.json.
    stop --pid-file named.pid: Some(1)
    ERROR: The emulator cannot be found: its port is unknown, because the emulator does not have HOME/named.json.
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

/// Returns what three commands say about the port of the emulator that they ask: one that needs no credential, one of
/// the control API, and the one that gives Entra tokens.
fn asked(home: &Folder, options: &[&str], variables: &[(&str, &str)]) -> Vec<String> {
    let ids = "--oid 11111111-1111-1111-1111-111111111111 --appid 22222222-2222-2222-2222-222222222222";
    let commands = [
        "status --query endpoint -o tsv".to_owned(),
        "env --query AZURE_COMMUNICATION_ENDPOINT -o tsv".to_owned(),
        format!("entra-token {ids}"),
    ];
    let of = |words: &String| {
        let mut command = emulator(home, words);
        let seen = run(command.args(options).envs(variables.iter().copied()));
        assert_eq!(seen.code, Some(0), "{words} {options:?} {variables:?}: {seen}");
        let text = seen.stdout.trim_end();
        let issuer = text.split('.').nth(1).map(|claims| URL_SAFE_NO_PAD.decode(claims).unwrap());
        let issuer = issuer.map(|claims| serde_json::from_slice::<serde_json::Value>(&claims).unwrap());
        let url = issuer.map_or_else(|| text.to_owned(), |claims| claims["iss"].as_str().unwrap().to_owned());
        url.split(':').nth(2).unwrap().split('/').next().unwrap().to_owned()
    };
    commands.iter().map(of).collect()
}

#[test]
fn options_name_the_emulator_before_its_variables_and_these_before_the_connection_string() {
    let home = Folder::new();
    let start = |name: &str| {
        let [data, ready, pid] = ["", ".json", ".pid"].map(|end| format!("{name}{end}"));
        Emulator::start(&home, &["--data-dir", &data, "--ready-file", &ready, "--pid-file", &pid])
    };
    let (meant, other) = (start("meant"), start("other"));
    let [meant_port, other_port] = [&meant, &other].map(|emulator| emulator.port().to_string());
    let [meant_url, other_url] = [&meant_port, &other_port].map(|port| format!("https://localhost:{port}"));
    let [meant_string, other_string] = [&meant, &other].map(Emulator::connection_string);
    let string = ("AZURE_COMMUNICATION_CONNECTION_STRING", other_string.as_str());
    let endpoint = ("AZURE_COMMUNICATION_EMULATOR_ENDPOINT", other_url.as_str());
    let port = ("AZURE_COMMUNICATION_EMULATOR_PORT", other_port.as_str());
    let data = ("AZURE_COMMUNICATION_EMULATOR_DATA_DIR", "other");
    let ready = ("AZURE_COMMUNICATION_EMULATOR_READY_FILE", "other.json");
    let pid = ("AZURE_COMMUNICATION_EMULATOR_PID_FILE", "other.pid");
    let memory = ("AZURE_COMMUNICATION_EMULATOR_IN_MEMORY", "yes");
    let all = [string, endpoint, port, data, ready, pid, memory];
    for options in [
        ["--endpoint", &meant_url],
        ["--connection-string", &meant_string],
        ["--port", &meant_port],
        ["--data-dir", "meant"],
        ["--ready-file", "meant.json"],
        ["--pid-file", "meant.pid"],
    ] {
        assert_eq!(asked(&home, &options, &all), vec![meant_port.clone(); 3], "{options:?}");
    }
    let meant_endpoint = (endpoint.0, meant_url.as_str());
    assert_eq!(asked(&home, &[], &[string, meant_endpoint, port, ready]), vec![meant_port.clone(); 3]);
    for (name, value) in [(port.0, meant_port.as_str()), (data.0, "meant"), (ready.0, "meant.json")] {
        assert_eq!(asked(&home, &[], &[string, (name, value)]), vec![meant_port.clone(); 3], "{name}");
    }
    assert_eq!(asked(&home, &[], &[string]), vec![other_port.clone(); 3]);
}

#[test]
fn a_variable_with_the_port_0_names_an_emulator_only_by_its_ready_file() {
    let home = Folder::new();
    std::fs::create_dir(home.path().join(".azure")).unwrap();
    let other = Emulator::in_memory(&home);
    let string = other.connection_string();
    let variables =
        [("AZURE_COMMUNICATION_CONNECTION_STRING", string.as_str()), ("AZURE_COMMUNICATION_EMULATOR_PORT", "0")];
    assert_eq!(asked(&home, &[], &variables), vec![other.port().to_string(); 3]);
    let usual =
        Emulator::start(&home, &["--in-memory", "--ready-file", ".azure/communication-emulator-in-memory.json"]);
    assert_eq!(asked(&home, &[], &variables), vec![usual.port().to_string(); 3]);
}

#[test]
fn a_hint_about_an_unknown_port_names_the_options_that_help() {
    let home = Folder::new();
    let _own = Emulator::start(&home, &["--data-dir", "own", "--pid-file", "own.pid"]);
    let _memory = Emulator::start(&home, &["--in-memory"]);
    let mut said = String::new();
    for words in ["clock show --data-dir own", "stop --pid-file own.pid", "clock show --in-memory"] {
        said.push_str(&run(&mut emulator(&home, words)).hiding_home(&home).stderr);
    }
    assert_snapshot!(said, @"
    ERROR: The emulator cannot be found: no ready file names the port of the emulator that uses HOME/own.
    Hint: Give its port, too: --port NUMBER, or its ready file: --ready-file FILE.
    ERROR: The emulator cannot be found: its port is unknown, because the emulator does not have HOME/own.json.
    Hint: Give its port, too: --port NUMBER, or its ready file: --ready-file FILE.
    ERROR: The emulator cannot be found: no running emulator uses HOME/.azure/communication-emulator-in-memory.json, which would name its port.
    Hint: Give its port, too: --port NUMBER, or its ready file: --ready-file FILE.
    ");
}

#[test]
fn a_variable_that_names_an_emulator_which_has_ended_is_named() {
    let home = Folder::new();
    let ended = Emulator::in_memory(&home);
    let (string, port) = (ended.connection_string(), ended.port());
    drop(ended);
    let mut said = String::new();
    for words in ["clock show", "stop", "status --query reason -o tsv"] {
        let mut command = emulator(&home, words);
        let seen = run(command.env("AZURE_COMMUNICATION_CONNECTION_STRING", &string)).hiding(port, "PORT");
        said.push_str(&format!("{seen}\n"));
    }
    let mut command = emulator(&home, "status --query reason -o tsv");
    let seen = run(command.env("AZURE_COMMUNICATION_EMULATOR_PORT", port.to_string())).hiding(port, "PORT");
    said.push_str(&seen.to_string());
    assert_snapshot!(said, @"
    exit 1
    --- stderr
    ERROR: Cannot connect to localhost:PORT: Connection refused.
    Hint: Start the emulator: az communication emulator start
    Hint: AZURE_COMMUNICATION_CONNECTION_STRING names this emulator. Remove it if that emulator has ended.
    Hint: Name the emulator by the options of its start (--port, --data-dir, --in-memory, --pid-file, --ready-file), or by --endpoint. az communication emulator status shows whether it is ready.

    exit 0
    --- stderr
    WARNING: Nothing was stopped: nothing listens on localhost:PORT, which AZURE_COMMUNICATION_CONNECTION_STRING names.

    exit 1
    --- stdout
    nothing listens on localhost:PORT, which AZURE_COMMUNICATION_CONNECTION_STRING names

    exit 1
    --- stdout
    nothing listens on localhost:PORT, which AZURE_COMMUNICATION_EMULATOR_PORT names
    ");
}
