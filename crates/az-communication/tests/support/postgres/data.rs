//! The folder with the data of a server.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::super::programs::{Place, ServerFolder};
use super::super::tls::{Identity, authority, server};

/// Returns the folder of the programs. Debian has one for each version, and its `initdb` is not on PATH.
pub(super) fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?.flatten();
    let newest = versions.filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path())));
    newest.map(|(number, path)| (number, path.join("bin"))).max().map(|(_, path)| path)
}

/// Returns one of them, as the user that owns the data.
pub(super) fn program(place: &Place, name: &str) -> Command {
    // QUIT is its immediate shutdown, which leaves no shared memory behind.
    place.unprivileged("QUIT", programs().expect("PostgreSQL is installed").join(name))
}

/// What all servers of the tests have, except for address, port and folder. Nothing here makes it faster at the price
/// of durability.
const SETTINGS: &str = "
fsync = on
synchronous_commit = on
ssl = on
max_connections = 300
max_wal_senders = 4
shared_buffers = 32MB
dynamic_shared_memory_type = mmap
wal_receiver_status_interval = 1s
";

/// Makes the data of a server, and a certificate for it. Returns the certificate of the authority.
pub(super) fn make(folder: &ServerFolder, names: &[&str]) -> String {
    let data = folder.path().join("data");
    // The data of a new server need not survive a crash of the machine, so it is not synced.
    run(program(&Place::default(), "initdb")
        .args(["--username", "postgres", "--auth-local", "trust", "--auth-host", "scram-sha-256"])
        .args(["--no-locale", "--encoding", "UTF8", "--no-sync", "--no-instructions", "--pgdata"])
        .arg(&data));
    let file = data.join("postgresql.conf");
    let settings = std::fs::read_to_string(&file).unwrap() + SETTINGS;
    std::fs::write(&file, settings).unwrap();
    // Clients on other machines.
    let file = data.join("pg_hba.conf");
    let rules = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, rules + "host all all all scram-sha-256\n").unwrap();
    certify(folder, names)
}

fn certify(folder: &ServerFolder, names: &[&str]) -> String {
    let issuer = Identity::own(authority("the authority of the databases"));
    let own = Identity::by(&issuer, server(names));
    folder.write("data/server.crt", &own.pem);
    folder.write("data/server.key", own.key.serialize_pem());
    issuer.pem
}

/// Runs a program that must succeed.
pub(super) fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Returns the state that a server has written, if that process has written it.
pub(super) fn state(data: &Path, process: u32) -> Option<String> {
    let text = std::fs::read_to_string(data.join("postmaster.pid")).ok()?;
    let mut lines = text.lines();
    (lines.next()?.parse() == Ok(process)).then_some(())?;
    Some(lines.nth(6)?.trim().to_owned())
}

/// Removes the segment of shared memory that a killed server has left. A server removes it when it starts again.
pub(super) fn remove_shared_memory(data: &Path) {
    let Ok(text) = std::fs::read_to_string(data.join("postmaster.pid")) else { return };
    if let Some(id) = text.lines().nth(6).and_then(|line| line.split_whitespace().nth(1)) {
        let _ = Command::new("ipcrm").args(["-m", id]).status();
    }
}
