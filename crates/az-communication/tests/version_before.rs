//! A data folder that the emulator of the version before made.
#![cfg(unix)]

mod support;

use std::path::Path;

use insta::assert_snapshot;
use rusqlite::Connection;
use serde_json::Value;
use support::Folder;
use support::emulator::Emulator;

const FIXTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../acs-identity-emulator/tests/before");

/// Copies the folder.
fn copy_to(data: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::create_dir(data).unwrap();
    std::fs::set_permissions(data, std::fs::Permissions::from_mode(0o700)).unwrap();
    for entry in std::fs::read_dir(FIXTURE).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "pem") || path.ends_with("certificates.json") {
            let copy = data.join(path.file_name().unwrap());
            std::fs::copy(&path, &copy).unwrap();
            std::fs::set_permissions(&copy, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
    }
    let database = data.join("identities.db");
    let sql = std::fs::read_to_string(Path::new(FIXTURE).join("identities.sql")).unwrap();
    Connection::open(&database).unwrap().execute_batch(&sql).unwrap();
    std::fs::set_permissions(&database, std::fs::Permissions::from_mode(0o600)).unwrap();
}

/// What an emulator logged until it was ended.
fn log_of(mut emulator: Emulator, home: &Folder) -> String {
    let _ = emulator.child.kill();
    let mut stderr = String::new();
    std::io::Read::read_to_string(&mut emulator.child.stderr.take().unwrap(), &mut stderr).unwrap();
    // Without the time.
    let lines: Vec<&str> = stderr.lines().map(|line| line.split_once(' ').map_or(line, |(_, line)| line)).collect();
    lines.join("\n").replace(home.path().to_str().unwrap(), "HOME")
}

#[test]
fn a_data_folder_of_the_version_before_opens_with_everything_in_it_and_says_what_changed() {
    let home = Folder::new();
    let data = home.path().join("data");
    copy_to(&data);
    let authority = std::fs::read_to_string(data.join("ca.pem")).unwrap();
    let said: Value = serde_json::from_slice(&std::fs::read(Path::new(FIXTURE).join("said.json")).unwrap()).unwrap();
    let start = || Emulator::start(&home, &["--data-dir", data.to_str().unwrap()]);
    let look = |emulator: &Emulator| {
        let mut client = emulator.client();
        client.key = said["primaryKey"].as_str().unwrap().parse().unwrap();
        for identity in said["identities"].as_object().unwrap().values() {
            let path = format!("/identities/{}?api-version=2025-03-02-preview", identity["id"].as_str().unwrap());
            assert_eq!(client.send("GET", &path, "").body, *identity);
        }
        let keys = client.send("POST", "/emulator/list-keys?", "").body;
        assert_eq!(keys["secondaryKey"], said["secondaryKey"]);
        let ca_certificate = std::fs::read_to_string(emulator.ca_certificate()).unwrap();
        assert_eq!(ca_certificate.trim(), authority.trim(), "trust stores have it");
    };
    let emulator = start();
    look(&emulator);
    assert_snapshot!(log_of(emulator, &home), @"
    WARN  the database was brought from schema 3 to 4: 4 identities, 1 of them with a revocation, 2 assignments
    WARN  HOME/data/token-key.pem was removed: signing keys are kept in the database
    WARN  HOME/data/token-key-secondary.pem was removed: signing keys are kept in the database
    INFO  the certificates of the version before were taken over
    WARN  the authority of this data folder was made by the version before, and may sign for any name; one that may sign for local names only is made by: az communication emulator new-authority --data-dir 'HOME/data'
    The ready line has no connection string, because the access key is not the well-known one and stdout is not a terminal. --ready-file FILE writes the whole line into a file that only you can read.
    ");
    let emulator = start();
    look(&emulator);
    let again = log_of(emulator, &home);
    assert!(!again.contains("schema") && !again.contains("removed"), "{again}");
}

const FILES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/before");

fn lines_of(path: &Path) -> Vec<Value> {
    std::fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_list_of_tokens_of_the_version_before_is_gone_on_with() {
    let home = Folder::new();
    let record = home.write("tokens.jsonl", std::fs::read(Path::new(FILES).join("tokens.jsonl")).unwrap());
    let before = lines_of(&record);
    let emulator = Emulator::in_memory(&home);
    let output = support::az(&home)
        .args("communication user-identity token issue-batch --scope chat --count 5 --out-file tokens.jsonl".split(' '))
        .args(["--query", "[issued, skipped, failed]", "-o", "tsv"])
        .env("AZURE_COMMUNICATION_CONNECTION_STRING", emulator.connection_string())
        .env("REQUESTS_CA_BUNDLE", emulator.ca_certificate())
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "2\n3\n0\n", "{output:?}");
    assert_eq!(lines_of(&record)[..before.len()], before);
}

#[test]
fn a_config_file_of_the_version_before_says_what_it_said() {
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    let config = std::fs::read_to_string(Path::new(FILES).join("config")).unwrap();
    let own = format!("endpoint=https://localhost:{}/;accesskey=", emulator.port());
    let key = emulator.connection_string().rsplit_once("accesskey=").unwrap().1.to_owned();
    home.write(".azure/config", config.replace("endpoint=https://localhost:PORT/;accesskey=KEY", &(own + &key)));
    let output = support::az(&home)
        .args(["communication", "user-identity", "token", "issue", "--scope", "chat", "--query", "token"])
        .env("REQUESTS_CA_BUNDLE", emulator.ca_certificate())
        .output()
        .unwrap();
    assert!(output.status.success() && output.stdout.starts_with(b"eyJ"), "{output:?}");
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "only_show_errors");
}

#[test]
fn where_the_version_before_kept_no_key_the_log_says_which_one_is_in_force_and_what_to_do() {
    const KEY: &str = "YW5vdGhlciBrZXkgb2Ygc2l4dGVlbiBieXRlcw==";
    let home = Folder::new();
    let data = home.path().join("data");
    copy_to(&data);
    let database = Connection::open(data.join("identities.db")).unwrap();
    assert_eq!(database.execute("DELETE FROM settings WHERE name = 'primary_key'", []).unwrap(), 1);
    drop(database);
    let folder = ["--data-dir", data.to_str().unwrap()];
    let of_key = |emulator: Emulator| {
        let log = log_of(emulator, &home);
        log.lines()
            .filter(|line| line.starts_with("WARN") && line.contains(" key"))
            .map(str::to_owned)
            .collect::<Vec<String>>()
    };
    of_key(Emulator::start(&home, &folder));
    // At each start, until one is given.
    assert_snapshot!(of_key(Emulator::start(&home, &folder)).join("\n"), @"
    WARN  the previous version did not store the access key of HOME/data: the well-known key, which everybody knows, is in use
    WARN  start once with --access-key KEY to end these warnings, where KEY is the access key of the folder if it had one, else the well-known key
    ");
    let given = of_key(Emulator::start(&home, &[folder[0], folder[1], "--access-key", KEY]));
    assert_snapshot!(given.join("\n"), @"WARN  the given access key has replaced the well-known one, which was in use because the previous version stored none; earlier tokens are void");
    assert!(of_key(Emulator::start(&home, &folder)).iter().all(|line| !line.contains("previous version")));
}
