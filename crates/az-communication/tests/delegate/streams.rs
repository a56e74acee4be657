//! Tests of the streams, variables and signals of a command that another `az` runs.

use super::*;
use std::io::Write as _;
use std::process::Stdio;

#[test]
fn the_real_az_has_the_streams_the_variables_and_the_exit_code() {
    let programs = Programs::with_real("#!/bin/sh\necho \"out $(cat)\"; echo \"err $FOO\" >&2; exit 5\n");
    let mut command = programs.command(programs.az("ours").as_os_str(), &["ours", "real"], &["vm"]);
    command.env("FOO", "kept").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"typed\n").unwrap();
    insta::assert_snapshot!(support::seen::seen(child.wait_with_output().unwrap()), @"
    exit 5
    --- stdout
    out typed
    --- stderr
    err kept
    ");
}

/// Runs these words in a shell that closes the streams and ignores the signals. Returns the streams that the real `az`
/// finds closed, and the signals that it ignores.
#[cfg(target_os = "linux")]
fn inherited(signals: &str, words: &str) -> (String, u64) {
    // The shell itself opens files with the numbers from 3 on.
    let programs = Programs::with_real(
        "#!/bin/sh\nfor fd in 0 1 2; do [ -e /proc/$$/fd/$fd ] || echo closed $fd >> \"$HOME/seen\"; done\n\
         grep SigIgn /proc/$$/status >> \"$HOME/seen\"\n",
    );
    let shell = format!("trap '' {signals}; exec {} {words} >&- 2>&- <&-", programs.az("ours").display());
    programs.run("/bin/sh", &["ours", "real"], &["-c", &shell]);
    let seen = std::fs::read_to_string(programs.home.path().join("seen")).unwrap();
    let (closed, ignored) = seen.rsplit_once("SigIgn:").unwrap();
    (closed.to_owned(), u64::from_str_radix(ignored.trim(), 16).unwrap())
}

#[test]
#[cfg(target_os = "linux")]
fn closed_streams_stay_closed() {
    for words in ["vm list", "--version"] {
        assert_eq!(inherited("INT", words).0, "closed 0\nclosed 1\nclosed 2\n", "{words}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn ignored_signals_stay_ignored() {
    // SIGHUP is 1, SIGINT is 2, and SIGXFSZ is 25.
    const ALL: u64 = 0b11 | 1 << 24;
    for words in ["vm list", "--version"] {
        for (signals, expected) in [("INT HUP", 0b11), ("INT HUP XFSZ", ALL)] {
            assert_eq!(inherited(signals, words).1 & ALL, expected, "{words}: {signals}");
        }
    }
}

#[test]
fn an_ignored_interrupt_stays_ignored_in_a_command_of_ours() {
    let home = Folder::new();
    // The server accepts the connection and sends nothing, so the command waits.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut shell = support::other_program("/bin/sh", &home);
    shell.args(["-c", "trap '' INT; exec \"$0\" \"$@\"", AZ, "communication", "user-identity", "user", "create"]);
    shell.env(
        "AZURE_COMMUNICATION_CONNECTION_STRING",
        format!("endpoint=https://127.0.0.1:{port}/;accesskey=d3Jvbmcga2V5"),
    );
    let mut child = shell.stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    let (connection, _) = listener.accept().unwrap();
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    std::thread::sleep(std::time::Duration::from_millis(100));
    assert!(child.try_wait().unwrap().is_none(), "SIGINT ended it");
    drop(connection);
    child.kill().unwrap();
    child.wait().unwrap();
}
