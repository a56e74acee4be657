//! The emulator from outside: starting and ending, refusals, revocation, durability.
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
    // Files are for their owner only.
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
    // The exchanged token lives as long as the Entra token: 90 minutes.
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

#[test]
fn what_is_not_signed_right_is_refused_and_creates_nothing() {
    let home = Folder::new();
    let emulator = Emulator::start(&home, &[]);
    const DENIED: &str = "Denied by the resource provider.";
    let refused = |prepare: &dyn Fn(&mut Client), message: &str| {
        let mut client = emulator.client();
        prepare(&mut client);
        let answer = client.send("POST", "/identities", "{}");
        assert_eq!((answer.status, answer.code()), (401, "Denied"), "{answer:?}");
        assert!(answer.message().contains(message), "{answer:?}");
    };
    refused(&|client| client.key = "d3Jvbmcga2V5".parse().unwrap(), DENIED);
    refused(&|client| client.sent_path = Some("/identities?api-version=2022-10-01".into()), DENIED);
    refused(&|client| client.sent_path = Some("/identities?api-version=2023-10-01&x".into()), DENIED);
    refused(
        &|client| client.sent_body = Some(r#"{"createTokenWithScopes":["chat"]}"#.into()),
        "Request 'x-ms-content-sha256' differs from generated content hash.",
    );
    for seconds in [3600, -3600, 310, -310] {
        refused(&|client| client.seconds_ahead = seconds, "greater than the allowed margin of 5 minutes");
    }
    let mut client = emulator.client();
    for authorization in [None, Some("Bearer x.y.z"), Some("HMAC-SHA256 Signature=x"), Some("HMAC-SHA256")] {
        let headers: Vec<_> =
            authorization.map(|value| ("authorization".to_owned(), value.to_owned())).into_iter().collect();
        let answer = client.raw("POST", "/identities?api-version=2023-10-01", &headers, "{}").unwrap();
        assert_eq!((answer.status, answer.code()), (401, "Denied"), "{authorization:?}: {answer:?}");
    }
    // A clock that is off by less is fine.
    let mut client = emulator.client();
    client.seconds_ahead = 290;
    client.create();
    let database = home.path().join(".azure/communication-emulator/identities.db");
    assert_eq!(count_identities(&database), 1);
}

fn count_identities(database: &std::path::Path) -> i64 {
    let connection = rusqlite::Connection::open(database).unwrap();
    let check: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
    connection.query_row("SELECT count(*) FROM identities", [], |row| row.get(0)).unwrap()
}

#[test]
fn identities_that_are_not_ours_are_refused() {
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    let mut client = emulator.client();
    let user = client.create();
    let (resource, _) = user.split_once('_').unwrap();
    let unknown = format!("{resource}_00000005-14a2-493b-8a72-5a3a0d000081");
    let other = "8:acs:00000000-0000-0000-0000-000000000000_00000000-0000-0000-0000-000000000000";
    for (id, status, code) in
        [(unknown.as_str(), 404, "IdentityNotFound"), (other, 401, "IdentityNotOwned"), ("x", 401, "IdentityNotOwned")]
    {
        for (method, verb, body) in [
            ("POST", "/:issueAccessToken", r#"{"scopes":["chat"]}"#),
            ("POST", "/:revokeAccessTokens", ""),
            ("DELETE", "", ""),
        ] {
            let answer = client.send(method, &format!("/identities/{id}{verb}"), body);
            assert_eq!((answer.status, answer.code()), (status, code), "{method} {id}{verb}");
        }
    }
}

#[test]
fn error_answers_look_like_the_services() {
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    let mut client = emulator.client();
    client.extra = vec![("x-ms-client-request-id".into(), "my-id".into())];
    let answer = client.send("POST", "/identities", r#"{"createTokenWithScopes":["chat"],"expiresInMinutes":1441}"#);
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.body.to_string(),
        r#"{"error":{"code":"ValidationError","message":"ExpiresInMinutes value 1441 is invalid. Value must be within the [60, 1440] interval.","target":"ExpiresInMinutes"}}"#
    );
    assert_eq!(answer.header("transfer-encoding"), Some("chunked"));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("x-ms-client-request-id"), Some("my-id"));
    assert!(answer.header("api-supported-versions").unwrap().contains("2022-10-01, 2023-08-01, 2023-10-01"));
    let created = client.send("POST", "/identities", r#"{"createTokenWithScopes":["chat"]}"#);
    assert_eq!(created.header("content-type"), Some("application/json; charset=utf-8"));
    let expires = created.body["accessToken"]["expiresOn"].as_str().unwrap();
    assert!(expires.len() == 33 && expires.ends_with("+00:00"), "{expires}");
    let answer = client.send("POST", "/identities?api-version=2019-01-01", "");
    assert_eq!((answer.status, answer.code()), (400, "UnsupportedApiVersion"));
    assert_eq!(client.send("POST", "/identities?api-version=2031-01-01", "").status, 201);
    assert_eq!(client.send("POST", "/identities?", "").code(), "ApiVersionUnspecified");
    assert_eq!(client.send("GET", "/nothing", "").status, 404);
    assert_eq!(client.send("PUT", "/identities", "").status, 405);
    assert_eq!(client.send("POST", "/identities", "{").status, 400);
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
                scope.spawn(move || {
                    let mut client = Client::new(port);
                    while let Ok(answer) = client.try_send("POST", "/identities", "") {
                        let id = answer.body["identity"]["id"].as_str().unwrap().to_owned();
                        acknowledged.lock().unwrap().push(id);
                    }
                });
            }
            std::thread::sleep(Duration::from_millis(40 + 37 * round));
            // SIGKILL.
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
fn tokens_outlive_a_restart() {
    let home = Folder::new();
    let first = Emulator::start(&home, &[]);
    let mut client = first.client();
    let user = client.create();
    let token = client.issue(&user).body["token"].as_str().unwrap().to_owned();
    drop(first);
    let second = Emulator::start(&home, &[]);
    assert!(second.client().is_active(&token));
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

/// What a start says that is refused, without the folder's name.
fn refusal(home: &Folder, options: &[&str]) -> String {
    let start = ["communication", "emulator", "start", "--port", "0"];
    let refused = az(home).args(start).args(options).output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    String::from_utf8_lossy(&refused.stderr).replace(home.path().to_str().unwrap(), "HOME")
}

#[test]
fn a_folder_keeps_the_access_key_of_its_first_start() {
    let home = Folder::new();
    // Each start has a ready file of its own: where ended processes are not known, the one of a killed emulator stays in use.
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
    insta::assert_snapshot!(refusal(&home, &[]), @"ERROR: The emulator cannot start: the database HOME/.azure/communication-emulator/identities.db cannot be used: it is missing or empty, though the folder was used before (it holds ca.pem); put it back, or give the emulator a new folder.");
}

#[test]
fn a_folder_that_is_removed_acknowledges_nothing() {
    let home = Folder::new();
    let emulator = Emulator::start(&home, &[]);
    let mut client = emulator.client();
    client.create();
    std::fs::remove_dir_all(home.path().join(".azure/communication-emulator")).unwrap();
    // The folder is looked at once a second.
    std::thread::sleep(Duration::from_millis(1100));
    let answer = client.send("POST", "/identities", "");
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("10")), "{answer:?}");
    assert!(answer.message().contains("was removed, replaced or written by another program"), "{answer:?}");
}

/// 126 is a program that is there, 127 one that is not, as in a shell.
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
    // Options of the command are its own, files behind @ and all.
    let output = az(&home)
        .args(["communication", "emulator", "run", "--", "echo", "--o", "@/etc/hostname", "-h", "--debug"])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "--o @/etc/hostname -h --debug\n");
}
