//! The SDKs for Rust, Python and JavaScript beside each other, with their defaults: docs/sdk-failures.md has the table.

use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::Instant;

use acs_identity::CommunicationIdentityClient;
use acs_identity_emulator::{Config, Emulator};

use crate::server::{Server, Then, nobody};

/// How long the other SDKs are waited for, in seconds.
const PATIENCE: &str = "400";

/// Seconds until the error, and the error.
type Row = (f64, String);

fn ours(connection_string: &str) -> Row {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = CommunicationIdentityClient::with_connection_string(connection_string, None).unwrap();
    let started = Instant::now();
    let error = runtime.block_on(client.create_identity(None)).unwrap_err();
    (started.elapsed().as_secs_f64(), error.to_string())
}

/// Runs a script of tests/peers/failures, which trusts and asks nobody but its defaults.
fn peer(program: &str, script: &str, connection_string: &str) -> Row {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/peers/failures");
    let mut command = Command::new("timeout");
    command.args([PATIENCE, program]).arg(folder.join(script)).arg(connection_string);
    for name in ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"] {
        command.env_remove(name);
    }
    let output = command.env("NO_PROXY", "127.0.0.1").output().unwrap();
    // This is how `timeout` says that it ended the program.
    if output.status.code() == Some(124) {
        return (PATIENCE.parse().unwrap(), "it still waits".into());
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let row = text.trim().split_once('\t').unwrap_or_else(|| panic!("{script}: {output:?}"));
    (row.0.parse().unwrap(), row.1.to_owned())
}

#[test]
#[ignore = "takes minutes and needs the packages of scripts/install.sh: AZ_LONG=1"]
fn ours_ends_within_ten_seconds_and_names_the_cause_beside_the_others() {
    if std::env::var_os("AZ_LONG").is_none() {
        eprintln!("skipped: AZ_LONG=1 waits for the SDKs of other languages");
        return;
    }
    let python = std::env::var("AZ_TEST_PYTHON").expect("AZ_TEST_PYTHON: see scripts/install.sh");
    let emulator = Emulator::start(Config::in_memory()).unwrap();
    let away = format!("endpoint=https://{}/;accesskey=c2VjcmV0IGtleQ==", nobody());
    // It reads a TLS handshake as a request that does not end.
    let silent = format!("endpoint=https://{}/;accesskey=c2VjcmV0IGtleQ==", Server::start(&[Then::Close]).address);
    let untrusted = emulator.connection_string();
    let python = python.as_str();
    println!("| situation | SDK | seconds | error |\n| --- | --- | --- | --- |");
    thread::scope(|scope| {
        let situations = [
            ("no service", away.as_str(), "Connection refused"),
            ("a silent service", silent.as_str(), "no complete answer within 8 s"),
            ("certificate not trusted", untrusted, "UnknownIssuer"),
        ];
        let runs = situations.map(|(situation, connection, cause)| {
            let peers = [
                ("Python", scope.spawn(move || peer(python, "create.py", connection))),
                ("JavaScript", scope.spawn(move || peer("node", "create.mjs", connection))),
            ];
            (situation, cause, scope.spawn(move || ours(connection)), peers)
        });
        for (situation, cause, ours, peers) in runs {
            let (seconds, error) = ours.join().unwrap();
            println!("| {situation} | Rust (ours) | {seconds:.1} | {error} |");
            assert!(seconds < 10.0 && error.contains(cause), "{situation}: {seconds} s: {error}");
            for (name, run) in peers {
                let (seconds, error) = run.join().unwrap();
                println!("| {situation} | {name} | {seconds:.1} | {error} |");
            }
        }
    });
}
