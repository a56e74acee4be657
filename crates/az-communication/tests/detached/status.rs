//! Tests of `emulator status`: which emulator it asks, and its result.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use super::*;

/// Runs a command. Returns the exit code and the result.
fn status(command: &mut Command) -> (i32, Value) {
    let output = command.output().unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    (output.status.code().unwrap(), serde_json::from_slice(&output.stdout).unwrap())
}

fn of(home: &Folder, options: &[&str]) -> (i32, Value) {
    status(az(home).args(STATUS).args(options))
}

#[test]
fn a_ready_emulator_is_named_with_its_resource_and_its_process() {
    let home = Folder::new();
    let emulator = Background::start(&home, &[]);
    let (code, mut answer) = of(&home, &[]);
    assert_eq!(answer["clock"]["frozen"], false);
    answer["clock"] = "CLOCK".into();
    let user = Client::new(emulator.port()).create();
    let resource = answer["resourceId"].as_str().unwrap();
    assert!(user.starts_with(&format!("8:acs:{resource}_")), "{user} {answer}");
    let text = serde_json::to_string_pretty(&answer).unwrap().replace(resource, "RESOURCE");
    let text = text.replace(&emulator.port().to_string(), "PORT").replace(&emulator.pid().to_string(), "PID");
    let text = text.replace(answer["startedAt"].as_str().unwrap(), "TIME");
    let text = text.replace(&format!("\"{}\"", env!("CARGO_PKG_VERSION")), "VERSION");
    insta::assert_snapshot!(format!("{text}\nexit {code}"), @r#"
    {
      "answered": 0,
      "changes": 0,
      "clock": "CLOCK",
      "controlVersion": "2026-11-26",
      "dashboard": "http://localhost:PORT/emulator/",
      "endpoint": "https://localhost:PORT",
      "faults": 0,
      "history": {
        "imports": 0,
        "regenerations": 0,
        "resets": 0
      },
      "identities": 0,
      "keepsRequests": true,
      "pid": PID,
      "ready": true,
      "reason": null,
      "requests": 0,
      "resourceId": "RESOURCE",
      "startedAt": "TIME",
      "storage": "folder",
      "tokenEndpoint": null,
      "version": VERSION
    }
    exit 0
    "#);
}

#[test]
fn an_emulator_in_the_background_is_found_by_what_its_start_was_given() {
    let home = Folder::new();
    let usual = Background::start(&home, &["--in-memory"]);
    let folder = Background::start(&home, &["--data-dir", "data"]);
    let named = Background::start(&home, &["--in-memory", "--pid-file", "named.pid", "--ready-file", "named.json"]);
    let variable = |name: &str, value: &str| {
        status(az(&home).args(STATUS).env(format!("AZURE_COMMUNICATION_EMULATOR_{name}"), value))
    };
    for (answer, emulator) in [
        (of(&home, &[]), &usual),
        (of(&home, &["--in-memory", "--port", "0"]), &usual),
        (variable("IN_MEMORY", "yes"), &usual),
        (of(&home, &["--data-dir", "data"]), &folder),
        (variable("DATA_DIR", "data"), &folder),
        (of(&home, &["--pid-file", "named.pid"]), &named),
        (of(&home, &["--ready-file", "named.json"]), &named),
        (variable("READY_FILE", "named.json"), &named),
        (of(&home, &["--port", &named.port().to_string(), "--pid-file", "named.pid"]), &named),
    ] {
        let expected = (&emulator.ready["endpoint"], &emulator.ready["pid"]);
        assert_eq!((answer.0, (&answer.1["endpoint"], &answer.1["pid"])), (0, expected), "{answer:?}");
    }
}

#[test]
fn an_emulator_in_the_foreground_is_found_by_its_port_an_endpoint_or_a_connection_string() {
    let home = Folder::new();
    let emulator = support::emulator::Emulator::in_memory(&home);
    let (port, string) = (emulator.port().to_string(), emulator.connection_string());
    let endpoint = emulator.ready["endpoint"].as_str().unwrap();
    for options in [
        ["--port", &port],
        ["--endpoint", endpoint],
        ["--endpoint", &endpoint.replace("https", "http")],
        ["--endpoint", &format!("https://127.0.0.1:{port}/")],
        ["--endpoint", &format!("http://[::1]:{port}")],
        ["--connection-string", &string],
    ] {
        assert_eq!(of(&home, &options).0, 0, "{options:?}");
    }
    let variable = |name: &str, value: &str| status(az(&home).args(STATUS).env(name, value)).0;
    assert_eq!(variable("AZURE_COMMUNICATION_EMULATOR_PORT", &port), 0);
    assert_eq!(variable("AZURE_COMMUNICATION_EMULATOR_ENDPOINT", endpoint), 0);
    assert_eq!(variable("AZURE_COMMUNICATION_CONNECTION_STRING", &string), 0);
    // The address for all interfaces includes this machine.
    assert_eq!(of(&home, &["--host", "0.0.0.0", "--port", &port]).0, 0);
}

#[test]
fn why_an_emulator_is_not_ready_is_said() {
    let home = Folder::new();
    let port = support::unused_port().to_string();
    let reason = |options: &[&str]| {
        let (code, answer) = of(&home, options);
        let text = answer["reason"].as_str().unwrap().replace(home.path().to_str().unwrap(), "HOME");
        assert_eq!((code, &answer["ready"]), (1, &Value::Bool(false)));
        format!("{}\n", text.replace(&port, "PORT"))
    };
    let mut said = reason(&["--port", &port]);
    said += &reason(&["--port", "0", "--data-dir", "data"]);
    said += &reason(&["--pid-file", "none.pid"]);
    // The port belongs to another server.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let other = listener.local_addr().unwrap().port().to_string();
    std::thread::spawn(move || {
        for answer in ["HTTP/1.1 404 Not Found\r\n\r\n", "220 mail.example ESMTP\r\n"] {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 4096]);
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    said += &reason(&["--endpoint", &format!("http://127.0.0.1:{other}")]).replace(&other, "OTHER");
    said += &reason(&["--endpoint", &format!("http://127.0.0.1:{other}")]).replace(&other, "OTHER");
    // The data folder of the emulator was moved away.
    let emulator = Background::start(&home, &["--data-dir", "gone"]);
    std::fs::rename(home.path().join("gone"), home.path().join("elsewhere")).unwrap();
    until("it notices", || (of(&home, &["--data-dir", "gone"]).0 == 1).then_some(()));
    said += &reason(&["--data-dir", "gone"]);
    drop(emulator);
    insta::assert_snapshot!(said, @"
    nothing listens on localhost:PORT
    no running emulator uses HOME/data.json
    no running emulator uses HOME/none.pid
    the server there is not the emulator (status 404)
    127.0.0.1:OTHER cannot be asked: the server does not speak HTTP
    Nothing can be stored: a file of the data folder was removed, replaced or written by another program.
    ");
}

#[test]
fn a_folder_that_no_emulator_uses_is_not_looked_for_on_the_default_port() {
    let home = Folder::new();
    drop(support::emulator::Emulator::start(&home, &["--data-dir", "stopped"]));
    for folder in ["missing", "stopped"] {
        let (code, answer) = of(&home, &["--data-dir", folder]);
        let reason = format!("no running emulator uses the data folder {}", home.path().join(folder).display());
        assert_eq!((code, &answer["endpoint"]), (1, &Value::Null), "{answer}");
        assert_eq!(answer["reason"], reason);
    }
}

#[test]
fn a_folder_in_use_without_a_ready_file_stands_for_the_default_port() {
    let home = Folder::new();
    let _emulator = support::emulator::Emulator::start(&home, &["--data-dir", "data"]);
    let (_, answer) = of(&home, &["--data-dir", "data"]);
    assert_eq!(answer["endpoint"], "https://localhost:10100");
}

#[test]
fn a_folder_in_a_variable_does_not_exclude_the_default_port() {
    let home = Folder::new();
    let (_, answer) = status(az(&home).args(STATUS).env("AZURE_COMMUNICATION_EMULATOR_DATA_DIR", "missing"));
    assert_eq!(answer["endpoint"], "https://localhost:10100");
}

#[test]
fn a_killed_emulator_is_not_ready_though_its_files_are_there() {
    let home = Folder::new();
    let emulator = Background::start(&home, &["--data-dir", "data"]);
    kill("KILL", emulator.pid());
    wait_for_end(emulator.pid());
    let (code, answer) = of(&home, &["--data-dir", "data", "--port", "0"]);
    assert_eq!((code, &answer["pid"]), (1, &Value::Null), "{answer}");
}

#[test]
fn it_waits_until_the_emulator_is_ready() {
    let home = Folder::new();
    let mut waiting = az(&home);
    waiting.args(STATUS).args(["--in-memory", "--port", "0", "--wait", "1m"]).stdout(Stdio::piped());
    let mut waiting = waiting.spawn().unwrap();
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(waiting.try_wait().unwrap(), None);
    let _emulator = Background::start(&home, &["--in-memory"]);
    assert_eq!(waiting.wait().unwrap().code(), Some(0));
    // It waits only for the given time.
    let begun = Instant::now();
    assert_eq!(of(&home, &["--port", &support::unused_port().to_string(), "--wait", "1s"]).0, 1);
    assert!(begun.elapsed() >= Duration::from_secs(1));
    let said = refusal(2, az(&home).args(STATUS).args(["--wait", "soon"]))
        + &refusal(2, az(&home).args(STATUS).env("AZURE_COMMUNICATION_EMULATOR_PORT", "abc"));
    insta::assert_snapshot!(said, @"
    ERROR: --wait must be a duration from 0s to 24h, but it is 'soon'.
    Hint: Write a number with a unit: 30s, 2m or 1h.
    ERROR: AZURE_COMMUNICATION_EMULATOR_PORT must be a number from 0 to 65535, but it is 'abc'.
    ");
}

#[test]
fn a_time_to_wait_has_a_unit() {
    let home = Folder::new();
    let said = refusal(2, az(&home).args(STATUS).args(["--wait", "30"]));
    insta::assert_snapshot!(said, @"
    ERROR: --wait must be a duration from 0s to 24h, but it is '30'.
    Hint: Write a number with a unit: 30s, 2m or 1h.
    ");
    assert_eq!(of(&home, &["--port", &support::unused_port().to_string(), "--wait", "0"]).0, 1);
}
