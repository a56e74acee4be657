//! Tests of files of the previous version: data folders of the emulator, records, config files.
#![cfg(unix)]

mod support;

use std::path::Path;

use insta::assert_snapshot;
use rusqlite::Connection;
use serde_json::Value;
use support::Folder;
use support::emulator::Emulator;
use support::world::World;

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

/// Ends an emulator. Returns its log.
fn log_of(mut emulator: Emulator, home: &Folder) -> String {
    let _ = emulator.child.kill();
    let mut stderr = String::new();
    std::io::Read::read_to_string(&mut emulator.child.stderr.take().unwrap(), &mut stderr).unwrap();
    // Each line of the log starts with the time, which is removed. The kill may come before other lines are written.
    let of_log = stderr.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_digit()));
    let lines: Vec<&str> = of_log.map(|line| line.split_once(' ').map_or(line, |(_, line)| line)).collect();
    lines.join("\n").replace(home.path().to_str().unwrap(), "HOME")
}

/// Starts an emulator with the data folder of the previous version.
fn start(home: &Folder) -> Emulator {
    Emulator::start(home, &["--data-dir", home.path().join("data").to_str().unwrap()])
}

/// Makes a home folder with that data folder.
fn with_data() -> Folder {
    let home = Folder::new();
    copy_to(&home.path().join("data"));
    home
}

#[test]
fn a_data_folder_of_the_previous_version_keeps_its_identities_keys_and_authority() {
    let home = with_data();
    let authority = std::fs::read_to_string(home.path().join("data/ca.pem")).unwrap();
    let said: Value = serde_json::from_slice(&std::fs::read(Path::new(FIXTURE).join("said.json")).unwrap()).unwrap();
    // The first start converts the folder.
    for _ in 0..2 {
        let emulator = start(&home);
        let mut client = emulator.client();
        client.key = said["primaryKey"].as_str().unwrap().parse().unwrap();
        for identity in said["identities"].as_object().unwrap().values() {
            let path = format!("/identities/{}?api-version=2025-03-02-preview", identity["id"].as_str().unwrap());
            assert_eq!(client.send("GET", &path, "").body, *identity);
        }
        let keys = client.send("POST", "/emulator/list-keys?", "").body;
        assert_eq!(keys["secondaryKey"], said["secondaryKey"]);
        let now = std::fs::read_to_string(emulator.ca_certificate()).unwrap();
        assert_eq!(now.trim(), authority.trim(), "trust stores hold it");
    }
}

#[test]
fn the_log_says_what_was_changed_in_a_data_folder_of_the_previous_version() {
    let home = with_data();
    assert_snapshot!(log_of(start(&home), &home), @"
    WARN  the database was migrated from schema 3 to 5: 4 identities, 1 of them with a revocation, 2 assignments
    WARN  HOME/data/token-key.pem was removed: signing keys are kept in the database
    WARN  HOME/data/token-key-secondary.pem was removed: signing keys are kept in the database
    INFO  the certificates of the previous version were taken over
    WARN  the authority of this data folder was made by the previous version and may sign for any name; to make one that may sign for local names only: az communication emulator new-authority --data-dir 'HOME/data'
    ");
}

#[test]
fn a_converted_data_folder_is_not_mentioned_again() {
    let home = with_data();
    log_of(start(&home), &home);
    let again = log_of(start(&home), &home);
    assert!(!again.contains("schema") && !again.contains("removed"), "{again}");
}

const FILES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/before");

fn lines_of(path: &Path) -> Vec<Value> {
    std::fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_record_of_tokens_of_the_previous_version_is_resumed() {
    let world = World::new();
    let record = world.home.write("tokens.jsonl", std::fs::read(Path::new(FILES).join("tokens.jsonl")).unwrap());
    let before = lines_of(&record);
    let batch =
        "token issue-batch --scope chat --count 5 --out-file tokens.jsonl --query [issued,skipped,failed] -o tsv";
    // The tokens of the record expired on 2026-11-27.
    assert_snapshot!(world.shows(batch), @"
    exit 0
    --- stdout
    2
    3
    0
    --- stderr
    WARNING: In tokens.jsonl, 3 tokens have expired. Renew expired tokens with --refresh 0, or --refresh 1h.
    ");
    assert_eq!(lines_of(&record)[..before.len()], before);
}

#[test]
fn a_config_file_of_the_previous_version_is_read() {
    let world = World::new();
    let config = std::fs::read_to_string(Path::new(FILES).join("config")).unwrap();
    let own = format!("endpoint=https://localhost:{}/;accesskey=", world.emulator.port());
    let key = world.emulator.connection_string().rsplit_once("accesskey=").unwrap().1.to_owned();
    let config = config.replace("endpoint=https://localhost:PORT/;accesskey=KEY", &(own + &key));
    world.home.write(".azure/config", config);
    let mut command = world.command("token issue --scope chat --query token");
    // The file also sets `only_show_errors`.
    assert_snapshot!(world.shown(command.env_remove("AZURE_COMMUNICATION_CONNECTION_STRING")), @"
    exit 0
    --- stdout
    TOKEN
    ");
}

const KEY: &str = "YW5vdGhlciBrZXkgb2Ygc2l4dGVlbiBieXRlcw==";

/// Makes a home folder with a data folder whose access key the previous version did not store.
fn without_key() -> Folder {
    let home = with_data();
    let database = Connection::open(home.path().join("data/identities.db")).unwrap();
    assert_eq!(database.execute("DELETE FROM settings WHERE name = 'primary_key'", []).unwrap(), 1);
    home
}

/// Returns the warnings about the access key at a start with these options.
fn about_the_key(home: &Folder, options: &[&str]) -> String {
    let folder = home.path().join("data");
    let emulator = Emulator::start(home, &[&["--data-dir", folder.to_str().unwrap()], options].concat());
    let log = log_of(emulator, home);
    log.lines()
        .filter(|line| line.starts_with("WARN") && line.contains(" key"))
        .map(|line| format!("{line}\n"))
        .collect()
}

#[test]
fn where_the_previous_version_kept_no_key_each_start_says_which_one_is_in_force() {
    let home = without_key();
    about_the_key(&home, &[]);
    assert_snapshot!(about_the_key(&home, &[]), @"
    WARN  the previous version did not store the access key of HOME/data: the well-known key, which is public, is in use
    WARN  start once with --access-key KEY to end these warnings, where KEY is the access key of the folder if it had one, else the well-known key
    ");
}

#[test]
fn a_key_that_is_given_for_such_a_folder_ends_the_warnings() {
    let home = without_key();
    about_the_key(&home, &[]);
    assert_snapshot!(about_the_key(&home, &["--access-key", KEY]), @"WARN  the given access key has replaced the well-known one, which was in use because the previous version stored none; earlier tokens are invalid");
    let again = about_the_key(&home, &[]);
    assert!(!again.contains("previous version"), "{again}");
}
