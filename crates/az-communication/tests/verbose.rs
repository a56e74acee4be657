//! What `--verbose`, `--debug` and the log file show, and what they do not show.
#![cfg(unix)]

mod support;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use insta::assert_snapshot;
use support::emulator::Emulator;
use support::{Folder, az};

const ISSUE: [&str; 6] = ["communication", "user-identity", "token", "issue", "--scope", "chat"];

fn run(command: &mut Command) -> (Option<i32>, String, String) {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// Without what differs from run to run.
fn steady(stderr: &str, emulator: &Emulator) -> String {
    let text = stderr.replace(&format!(":{}/", emulator.port()), ":PORT/");
    let mut lines = Vec::new();
    for line in text.lines() {
        let changes = ["'date'", "'x-ms-client-request-id'", "'user-agent'", "'content-length'"];
        match changes.iter().find(|name| line.contains(*name)) {
            Some(name) => lines.push(format!("{}{name}: …", &line[..line.find('\'').unwrap()])),
            None if line.contains("Command ran in ") => lines.push(without_digits(line)),
            None => lines.push(line.to_owned()),
        }
    }
    lines.join("\n")
}

fn without_digits(line: &str) -> String {
    line.chars().map(|c| if c.is_ascii_digit() { 'N' } else { c }).collect()
}

#[test]
fn verbose_shows_each_request_and_answer_as_the_reference_does() {
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    let (code, _, stderr) = run(emulator.az(&home).args(ISSUE).arg("--verbose"));
    assert_eq!(code, Some(0));
    assert_snapshot!(steady(&stderr, &emulator), @r"
    WARNING: Command group 'communication user-identity token' is in preview and under development. Reference and support levels: https://aka.ms/CLI_refstatus
    INFO: Request URL: 'https://localhost:PORT/identities?api-version=REDACTED'
    Request method: 'POST'
    Request headers:
        'content-length': …
        'accept': 'application/json'
        'authorization': 'REDACTED'
        'content-type': 'application/json'
        'user-agent': …
        'x-ms-client-request-id': …
        'x-ms-content-sha256': 'REDACTED'
        'x-ms-date': 'REDACTED'
        'x-ms-return-client-request-id': 'true'
    A body is sent with the request
    INFO: Response status: 201
    Response headers:
        'api-supported-versions': 'REDACTED'
        'content-length': …
        'content-type': 'application/json; charset=utf-8'
        'date': …
        'ms-cv': 'REDACTED'
        'request-context': 'REDACTED'
        'x-azure-ref': 'REDACTED'
        'x-cache': 'REDACTED'
        'x-ms-client-request-id': …
        'x-processing-time': 'REDACTED'
    INFO: Command ran in N.NNN seconds (init: N.NNN, invoke: N.NNN)
    ");
}

#[test]
fn the_last_line_says_how_long_it_took_however_it_ended() {
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    let delete = ["communication", "user-identity", "user", "delete", "--user", "8:acs:x"];
    for (words, code) in [
        (vec!["communication", "user-identity", "user", "create"], 0),
        (vec!["communication", "user-identity", "token", "issue", "-h"], 0),
        (vec!["communication", "user-identity", "-h"], 0),
        (vec!["communication", "user-identity"], 2),
        (vec!["--version"], 0),
        (vec!["communication", "user-identity", "token", "issue"], 2),
        (vec!["communication", "user-identity", "nonsense"], 2),
        (delete.to_vec(), 1),
        ([&delete[..], &["--yes"]].concat(), 1),
        ([&ISSUE[..], &["--user", ""]].concat(), 1),
        ([&ISSUE[..], &["--query", "length(user_id, token)"]].concat(), 1),
        (vec!["communication", "emulator", "run", "--verbose", "--", "true"], 0),
    ] {
        for flag in ["--verbose", "--debug"] {
            let mut command = emulator.az(&home);
            // Behind the command's words only, or it would be the child's.
            let at = words.iter().position(|word| *word == "--").unwrap_or(words.len());
            command.args(&words[..at]).arg(flag).args(&words[at..]);
            let (ended, _, stderr) = run(&mut command);
            let last = without_digits(stderr.lines().last().unwrap_or_default());
            assert_eq!(last, "INFO: Command ran in N.NNN seconds (init: N.NNN, invoke: N.NNN)", "{words:?}: {stderr}");
            assert_eq!(stderr.matches("Command ran").count(), 1, "{words:?}: {stderr}");
            assert_eq!(ended, Some(code), "{words:?}: {stderr}");
        }
        let (_, _, stderr) = run(emulator.az(&home).args(&words));
        assert_eq!(stderr.contains("Command ran"), words.contains(&"--verbose"), "{words:?}: {stderr}");
    }
}

#[test]
fn an_interrupt_has_the_last_line_too() {
    let home = Folder::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let connection = format!("endpoint=https://127.0.0.1:{port}/;accesskey=c2VjcmV0");
    let mut command = az(&home);
    command.args(ISSUE).args(["--verbose", "--connection-string", &connection]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let _silent = listener.accept().unwrap();
    let pid = rustix::process::Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{stderr}");
    assert!(stderr.lines().last().unwrap_or_default().starts_with("INFO: Command ran in "), "{stderr}");
}

#[test]
fn debug_shows_bodies_without_their_secrets() {
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    let (code, stdout, stderr) = run(emulator.az(&home).args(ISSUE).arg("--debug"));
    assert_eq!(code, Some(0));
    let token = serde_json::from_str::<serde_json::Value>(&stdout).unwrap()["token"].as_str().unwrap().to_owned();
    let key = emulator.connection_string().split_once("accesskey=").unwrap().1.to_owned();
    for secret in [&token[..], token.split('.').nth(1).unwrap(), token.split('.').nth(2).unwrap(), &key, "Signature="] {
        assert!(!stderr.contains(secret), "{secret} is in\n{stderr}");
    }
    assert!(stderr.contains("\nDEBUG: Request body:\nDEBUG: {\"createTokenWithScopes\":[\"chat\"]}\n"), "{stderr}");
    assert!(stderr.contains("\nDEBUG: Response content:\nDEBUG: {\"identity\":{\"id\":\"8:acs:"), "{stderr}");
    assert!(stderr.contains("\"accessToken\":{\"token\":\"*****\",\"expiresOn\":\""), "{stderr}");
    assert!(
        stderr.starts_with("DEBUG: Command arguments: [\"communication\", \"user-identity\", \"token\""),
        "{stderr}"
    );
    let (_, _, stderr) = run(emulator.az(&home).args(["communication", "user-identity", "user", "create", "--debug"]));
    assert!(stderr.contains("DEBUG: Request body:\n"), "{stderr}");
}

/// What a person hands over is as secret as what the service answers.
#[test]
fn secrets_of_the_command_line_are_nowhere() {
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    let secret = "eyJhbGciOiJub25lIn0.eyJzZWNyZXQiOiJ5ZXMifQ.c2VjcmV0";
    let exchange =
        ["communication", "user-identity", "token", "get-for-teams-user", "--client", "c", "--aad-user", "u"];
    for token in [secret, "opaque-secret-of-entra-0123456789"] {
        for flag in ["--debug", "--verbose", "--only-show-errors"] {
            let log = Folder::new();
            let mut command = emulator.az(&home);
            command.args(exchange).args(["--aad-token", token, flag]);
            command.env("AZURE_LOGGING_ENABLE_LOG_FILE", "yes").env("AZURE_LOGGING_LOG_DIR", log.path());
            let (code, _, stderr) = run(&mut command);
            let written = std::fs::read_to_string(log.path().join("az.log")).unwrap();
            let key = emulator.connection_string().split_once("accesskey=").unwrap().1.to_owned();
            for text in [&stderr, &written] {
                for hidden in [token, &key, "Signature="] {
                    assert!(!text.contains(hidden), "{flag}: {hidden} is in\n{text}");
                }
            }
            assert_eq!(code, Some(1), "{stderr}");
            assert!(written.contains("Request URL: "), "{written}");
        }
    }
}

// ---- The log file ----

fn with_config(home: &Folder, text: &str) {
    home.write(".azure/config", text);
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn the_log_file_is_written_where_the_configuration_asks_for_it() {
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    let path = home.path().join(".azure/logs/az.log");
    run(emulator.az(&home).args(ISSUE));
    assert!(!path.exists());
    with_config(&home, "[logging]\nenable_log_file = true\n");
    let (code, _, stderr) = run(emulator.az(&home).args(ISSUE).arg("--only-show-errors"));
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    let (code, _, _) = run(emulator.az(&home).args(["communication", "user-identity", "nonsense"]));
    assert_eq!(code, Some(2));
    let log = std::fs::read_to_string(&path).unwrap();
    assert_eq!(mode(&path), 0o600);
    let first = log.lines().next().unwrap();
    let fields: Vec<&str> = first.splitn(5, " : ").collect();
    assert!(fields[0].parse::<u32>().is_ok(), "{first}");
    assert_eq!(without_digits(fields[1]), "NNNN-NN-NN NN:NN:NN,NNN");
    assert_eq!(fields[2..4], ["DEBUG", "cli.azext_communication"]);
    for part in ["INFO : cli.azext_communication : Request URL: ", "Response status: 201\n", "Command ran in "] {
        assert!(log.contains(part), "{part} is not in\n{log}");
    }
    assert!(log.contains(" : ERROR : cli.azext_communication : 'nonsense' is misspelled"), "{log}");
    assert!(!log.contains("eyJ"), "{log}");
}

#[test]
fn a_large_log_file_makes_room_for_a_new_one() {
    let home = Folder::new();
    with_config(&home, "[logging]\nenable_log_file = yes\nlog_dir = ~/my logs\n");
    let file = |name: &str| home.path().join("my logs").join(name);
    home.write("my logs/az.log", vec![b'x'; 10 * 1024 * 1024]);
    for number in 1..=5 {
        home.write(&format!("my logs/az.log.{number}"), format!("file {number}"));
    }
    let (code, _, stderr) = run(az(&home).args(["communication", "user-identity", "-h"]));
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    assert!(std::fs::read_to_string(file("az.log")).unwrap().contains("Command ran in "));
    assert_eq!(std::fs::metadata(file("az.log.1")).unwrap().len(), 10 * 1024 * 1024);
    assert_eq!(std::fs::read_to_string(file("az.log.5")).unwrap(), "file 4");
    assert!(!file("az.log.6").exists());
}

#[test]
fn a_log_file_that_cannot_be_written_is_a_warning() {
    let home = Folder::new();
    home.write("file", "");
    home.write("is-a-folder/az.log/x", "");
    for (folder, reason) in [("file", ""), ("is-a-folder", ": it is not a regular file.")] {
        let folder = home.path().join(folder);
        with_config(&home, &format!("[logging]\nenable_log_file = true\nlog_dir = {}\n", folder.display()));
        let (code, stdout, stderr) = run(az(&home).args(["communication", "user-identity", "-h"]));
        assert_eq!(code, Some(0));
        assert!(!stdout.is_empty());
        let begins = format!("WARNING: The log file {}/az.log cannot be written: ", folder.display());
        assert!(stderr.starts_with(&begins) && stderr.trim_end().ends_with(reason), "{stderr}");
    }
}

// ---- Against the Azure CLI ----

/// The lines of a log without its headers, and which headers were shown and which were not.
fn kinds(stderr: &str, host: &str) -> (Vec<String>, BTreeMap<String, bool>) {
    let (mut lines, mut headers) = (Vec::new(), BTreeMap::new());
    for line in stderr.replace(host, "HOST").lines() {
        // The name of the logger stands in --debug.
        let line = match line.split_once(": cli.azure.cli.core.sdk.policies: ") {
            Some((level, rest)) => format!("{level}: {rest}"),
            None => line.replace(": cli.__main__: ", ": "),
        };
        let rest = line.strip_prefix("DEBUG: ").unwrap_or(&line);
        if let Some((name, value)) = rest.strip_prefix("    '").and_then(|rest| rest.split_once("': '")) {
            headers.insert(name.to_ascii_lowercase(), value == "REDACTED'" || value == "*****'");
            if lines.last().is_none_or(|last: &String| last != "headers") {
                lines.push("headers".to_owned());
            }
        } else if line.contains("Command ran in ") {
            lines.push(without_digits(&line));
        } else if ["DEBUG: cli.", "DEBUG: urllib3", "DEBUG: String to sign", "DEBUG: Command arguments", "WARNING: "]
            .iter()
            .all(|other| !line.starts_with(other))
        {
            // The bodies of answers hold ids, and tokens that we hide. Python's json puts a blank behind each colon.
            let is_answer = line.starts_with("DEBUG: {\"identity\"");
            lines.push(if is_answer { "DEBUG: body".to_owned() } else { line.replace("\": ", "\":") });
        }
    }
    (lines, headers)
}

#[test]
#[ignore = "needs Python packages: run scripts/test.sh"]
fn the_lines_are_those_of_the_azure_cli() {
    let python = std::env::var("AZ_TEST_PYTHON").expect("AZ_TEST_PYTHON: run scripts/test.sh");
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    let host = format!("localhost:{}", emulator.port());
    let user = ["communication", "user-identity", "user"];
    let mut compared = 0;
    for flag in ["--verbose", "--debug"] {
        // Each deletes a user of its own.
        let ids = [(), ()].map(|()| {
            run(emulator.az(&home).args(user).args(["create", "--query", "rawId", "-o", "tsv"])).1.trim().to_owned()
        });
        for (operation, words) in [
            ("create".to_owned(), [&user[..], &["create"]].concat()),
            ("issue".to_owned(), ISSUE.to_vec()),
            (format!("delete {}", ids[0]), [&user[..], &["delete", "--yes", "--user", &ids[1]]].concat()),
        ] {
            let mut theirs = Command::new(&python);
            theirs.arg(format!("{}/tests/differential/verbose.py", env!("CARGO_MANIFEST_DIR")));
            theirs.args([flag, &emulator.connection_string()]).env("REQUESTS_CA_BUNDLE", emulator.ca_certificate());
            theirs.env("AZURE_CONFIG_DIR", home.path().join(".azure")).env("AZURE_CORE_COLLECT_TELEMETRY", "no");
            theirs.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
            let mut child = theirs.spawn().unwrap();
            writeln!(child.stdin.take().unwrap(), "{operation}").unwrap();
            let output = child.wait_with_output().unwrap();
            let theirs = String::from_utf8(output.stderr).unwrap();
            assert!(output.status.success(), "{theirs}");
            let (code, _, ours) = run(emulator.az(&home).args(&words).arg(flag));
            assert_eq!(code, Some(0), "{ours}");
            let by_id = |text: &str| {
                let start = text.find("/identities/").map(|at| at + "/identities/".len());
                start.map_or(text.to_owned(), |start| {
                    let length = text[start..].find('?').unwrap_or(0);
                    text.replace(&text[start..start + length], "ID")
                })
            };
            let (their_lines, their_headers) = kinds(&by_id(&theirs), &host);
            let (our_lines, our_headers) = kinds(&by_id(&ours), &host);
            assert_eq!(our_lines, their_lines, "{flag} {operation}\n{ours}\n{theirs}");
            for (name, hidden) in &our_headers {
                if let Some(theirs) = their_headers.get(name) {
                    assert_eq!(hidden, theirs, "{flag} {operation}: {name}");
                }
            }
            compared += 1;
        }
    }
    println!("verbose.py: {compared} cases, 0 differences");
}
