//! Tests of the emulator's process: its start and end, refusals, revocation, durability.
#![cfg(unix)]

mod support;

use std::io::{Read as _, Write as _};
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use insta::assert_snapshot;
use serde_json::Value;
use support::emulator::{Client, Emulator};
use support::terminal::{Collector, open};
use support::{Folder, az};

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn the_ready_line_says_all() {
    let home = Folder::new();
    let mut emulator = Emulator::start(&home, &[]);
    let port = emulator.port();
    let key = "V2VsbC1rbm93biBrZXkgb2YgdGhlIEFDUyBJZGVudGl0eSBlbXVsYXRvci4gTm90IGEgc2VjcmV0Lg==";
    assert_eq!(emulator.connection_string(), format!("endpoint=https://localhost:{port}/;accesskey={key}"));
    assert_eq!(emulator.ready["pid"], emulator.child.id());
    assert!(emulator.ready["controlEndpoint"].as_str().unwrap().starts_with(&format!("https://localhost:{port}/")));
    let ca = emulator.ca_certificate();
    assert!(std::fs::read_to_string(&ca).unwrap().starts_with("-----BEGIN CERTIFICATE-----"));
    assert!(ca.starts_with(home.path().join(".azure/communication-emulator").to_str().unwrap()));
    let health = Client::new(port).raw("GET", "/health", &[], "").unwrap();
    assert_eq!((health.status, &health.body["status"]), (200, &Value::from("ok")));
    // Only the owner may read the files.
    use std::os::unix::fs::PermissionsExt as _;
    for entry in std::fs::read_dir(home.path().join(".azure/communication-emulator")).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        let private = entry.file_name().to_string_lossy().contains("key");
        assert!(!private || mode & 0o077 == 0, "{:?} has mode {mode:o}", entry.path());
    }
    for signal in ["INT", "TERM"] {
        let pid = emulator.child.id().to_string();
        assert!(std::process::Command::new("kill").args([format!("-{signal}"), pid]).status().unwrap().success());
        let status = emulator.child.wait().unwrap();
        assert_eq!(status.code(), Some(0), "after SIG{signal}");
        let mut rest = String::new();
        emulator.stdout.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "", "stdout has one line");
        emulator = Emulator::start(&home, &[]);
    }
}

#[test]
fn the_examples_of_the_help_run() {
    let home = Folder::new();
    let script = r#"
        set -eu
        user=$(az communication identity token issue --scope chat --query user_id -o tsv --only-show-errors)
        az communication identity token issue --scope chat
        az communication identity token issue --scope chat voip --user "$user"
        az communication identity token revoke --user "$user" --yes
        aad=$(az communication emulator entra-token --oid 11111111-1111-1111-1111-111111111111 \
            --appid 22222222-2222-2222-2222-222222222222 --expires-in 90m)
        az communication identity token get-for-teams-user --aad-token "$aad" \
            --client 22222222-2222-2222-2222-222222222222 --aad-user 11111111-1111-1111-1111-111111111111
        user=$(az communication user-identity user create --query rawId -o tsv --only-show-errors)
        az communication user-identity user delete --user "$user" -y
        exit 7
    "#;
    let output = az(&home).args(["communication", "emulator", "run", "--", "sh", "-c", script]).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(7), "{stderr}");
    assert!(!stderr.contains("ERROR"), "{stderr}");
    let documents: Vec<Value> =
        serde_json::Deserializer::from_slice(&output.stdout).into_iter().map(Result::unwrap).collect();
    assert_eq!(documents.len(), 3);
    for document in &documents {
        assert!(document["token"].as_str().unwrap().starts_with("eyJ"));
    }
    // The exchanged token has the lifetime of the Entra token, which is 90 minutes.
    let expires = acs_identity_protocol::time::parse_iso(documents[2]["expires_on"].as_str().unwrap()).unwrap();
    let left = (expires - azure_core::time::OffsetDateTime::now_utc()).whole_seconds();
    assert!((5380..=5400).contains(&left), "{left} s");
}

#[test]
fn a_typed_y_revokes() {
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    let mut client = emulator.client();
    let user = client.create();
    let token = client.issue(&user).body["token"].as_str().unwrap().to_owned();
    assert!(client.is_active(&token));
    let (mut terminal, stdin) = open();
    let mut child = emulator
        .az(&home)
        .args(["communication", "identity", "token", "revoke", "--user", &user])
        .stdin(stdin)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let stdout = Collector::new(child.stdout.take().unwrap());
    let until = Instant::now() + Duration::from_secs(10);
    while !stdout.so_far().contains("(y/n)") && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(2));
    }
    terminal.write_all(b"y\n").unwrap();
    assert!(child.wait().unwrap().success());
    assert!(!client.is_active(&token));
    let later = client.issue(&user).body["token"].as_str().unwrap().to_owned();
    assert!(client.is_active(&later) && !client.is_active(&token));
}

fn count_identities(database: &std::path::Path) -> i64 {
    let connection = rusqlite::Connection::open(database).unwrap();
    let check: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
    connection.query_row("SELECT count(*) FROM identities", [], |row| row.get(0)).unwrap()
}

#[test]
fn https_and_http_share_the_port() {
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    let output = std::process::Command::new("curl")
        .args(["-sS", "--cacert", &emulator.ca_certificate()])
        .arg(format!("https://localhost:{}/health", emulator.port()))
        .arg(format!("https://127.0.0.1:{}/health", emulator.port()))
        .arg(format!("https://[::1]:{}/health", emulator.port()))
        .arg(format!("http://127.0.0.1:{}/health", emulator.port()))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stdout).matches(r#""status":"ok""#).count(), 4);
}

#[test]
fn a_killed_emulator_loses_nothing() {
    let home = Folder::new();
    let acknowledged = Arc::new(Mutex::new(Vec::new()));
    for round in 0..5 {
        let mut emulator = Emulator::start(&home, &[]);
        let port = emulator.port();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                let acknowledged = Arc::clone(&acknowledged);
                // The client connects here, because a thread may start after the kill.
                let mut client = Client::new(port);
                scope.spawn(move || {
                    while let Ok(answer) = client.try_send("POST", "/identities", "") {
                        let id = answer.body["identity"]["id"].as_str().unwrap().to_owned();
                        acknowledged.lock().unwrap().push(id);
                    }
                });
            }
            std::thread::sleep(Duration::from_millis(40 + 37 * round));
            // This sends SIGKILL.
            emulator.child.kill().unwrap();
        });
    }
    let acknowledged = acknowledged.lock().unwrap();
    assert!(acknowledged.len() > 20, "only {} creations", acknowledged.len());
    let stored = count_identities(&home.path().join(".azure/communication-emulator/identities.db"));
    assert!(stored >= acknowledged.len() as i64, "{stored} stored, {} acknowledged", acknowledged.len());
    let emulator = Emulator::start(&home, &[]);
    let mut client = emulator.client();
    for id in acknowledged.iter() {
        assert_eq!(client.send("POST", &format!("/identities/{id}/:revokeAccessTokens"), "").status, 204, "{id}");
    }
}

#[test]
fn a_folder_in_use_and_a_damaged_file_are_refused() {
    let home = Folder::new();
    let emulator = Emulator::start(&home, &[]);
    let start = || az(&home).args(["communication", "emulator", "start", "--port", "0"]).output().unwrap();
    let refused = start();
    let stderr = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr.contains("in use by another emulator") && stderr.contains("Hint: "), "{stderr}");
    drop(emulator);
    let database = home.path().join(".azure/communication-emulator/identities.db");
    let _ = std::fs::remove_file(database.with_extension("db-wal"));
    let rubbish = vec![0x5a; 8192];
    std::fs::write(&database, &rubbish).unwrap();
    let refused = start();
    let stderr = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr.contains("damaged") && stderr.contains("identities.db"), "{stderr}");
    assert_eq!(std::fs::read(&database).unwrap(), rubbish, "it was not touched");
}

/// Returns the error of a start that is refused, without the name of the folder.
fn refusal(home: &Folder, options: &[&str]) -> String {
    let start = ["communication", "emulator", "start", "--port", "0"];
    let refused = az(home).args(start).args(options).output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    String::from_utf8_lossy(&refused.stderr).replace(home.path().to_str().unwrap(), "HOME")
}

#[test]
fn a_folder_keeps_the_access_key_of_its_first_start() {
    let home = Folder::new();
    // Each start has its own ready file: if ended processes cannot be detected, the file of a killed emulator stays in
    // use.
    let string = |name: &str, options: &[&str]| {
        let ready_file = home.path().join(name);
        let options = [&["--ready-file", ready_file.to_str().unwrap()], options].concat();
        let _emulator = Emulator::start(&home, &options);
        let ready: serde_json::Value = serde_json::from_slice(&std::fs::read(&ready_file).unwrap()).unwrap();
        ready["connectionString"].as_str().unwrap().to_owned()
    };
    assert!(string("first.json", &["--access-key", "c2VjcmV0"]).ends_with(";accesskey=c2VjcmV0"));
    assert!(string("second.json", &[]).ends_with(";accesskey=c2VjcmV0"), "not the well-known one");
}

#[test]
fn a_used_folder_without_its_database_is_refused() {
    let home = Folder::new();
    drop(Emulator::start(&home, &[]));
    std::fs::remove_file(home.path().join(".azure/communication-emulator/identities.db")).unwrap();
    insta::assert_snapshot!(refusal(&home, &[]), @"ERROR: The emulator cannot start: the database HOME/.azure/communication-emulator/identities.db cannot be used: it is missing or empty, although the folder was used before (it contains ca.pem). Put it back, or use a new folder.");
}

/// As in a shell, 126 means a program that cannot be run, and 127 a missing program.
#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn run_says_why_its_command_cannot_be_run() {
    let home = Folder::new();
    home.program("no-shell", "#!/nonexistent/sh\n");
    home.write("no-bit", "echo\n");
    let ends = |program: &str| {
        let mut command = az(&home);
        let path = format!("{}:/usr/bin:/bin", home.path().display());
        command.args(["communication", "emulator", "run", "--", program]).env("PATH", path);
        let output = command.output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr).replace(home.path().to_str().unwrap(), "HOME");
        format!("{stderr}exit {}\n", output.status.code().unwrap())
    };
    let all: String = ["./no-shell", "no-shell", "./no-bit", "no-bit", "./missing"].map(ends).concat();
    assert_snapshot!(all, @r"
    ERROR: ./no-shell cannot be run: its interpreter /nonexistent/sh does not exist.
    exit 126
    ERROR: HOME/no-shell cannot be run: its interpreter /nonexistent/sh does not exist.
    exit 126
    ERROR: ./no-bit cannot be run: it is not executable for this user.
    exit 126
    ERROR: HOME/no-bit cannot be run: it is not executable for this user.
    exit 126
    ERROR: ./missing does not exist.
    exit 127
    ");
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn run_ends_as_its_command_does() {
    let home = Folder::new();
    let run =
        |script: &str| az(&home).args(["communication", "emulator", "run", "--", "sh", "-c", script]).status().unwrap();
    assert_eq!(run("exit 42").code(), Some(42));
    use std::os::unix::process::ExitStatusExt as _;
    assert_eq!(run("kill -TERM $$").signal(), Some(15));
    let output = az(&home).args(["communication", "emulator", "run", "--", "no-such-command"]).output().unwrap();
    assert_eq!(output.status.code(), Some(127));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "ERROR: no-such-command was not found on PATH.\n");
    let mut child = az(&home)
        .args(["communication", "emulator", "run", "--", "cat"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"through").unwrap();
    assert_eq!(child.wait_with_output().unwrap().stdout, b"through");
    // The options of the command belong to the command, including values with @.
    let output = az(&home)
        .args(["communication", "emulator", "run", "--", "echo", "--o", "@/etc/hostname", "-h", "--debug"])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "--o @/etc/hostname -h --debug\n");
}
