//! The doctor: what is found at each step of a request, and how it is shown.
#![cfg(unix)]

mod support;

use std::process::{Command, Stdio};

use insta::assert_snapshot;
use support::terminal::{Collector, open};
use support::{Folder, az};

/// Stdout.
fn run(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_table_has_its_columns_in_reading_order_and_fits_the_terminal() {
    let home = Folder::new();
    let doctor = || {
        let mut command = az(&home);
        command.args(["communication", "doctor", "-o", "table", "--connection-string", "endpoint=https://c.example"]);
        command
    };
    assert_snapshot!(run(doctor().env("COLUMNS", "72")), @r"
    Check       State    Found                      Advice
    ----------  -------  -------------------------  ------------------------
    connection  failed   The connection string has  Copy it from Settings >
                         no 'accesskey' part.       Keys of the resource in
                         Expected:                  the Azure portal. Its
                         endpoint=https://<resourc  form is
                         e>.communication.azure.co  endpoint=https://<resour
                         m/;accesskey=<base64 key>  ce>.communication.azure.
                                                    com/;accesskey=<base64
                                                    key>
    dns         skipped
    tcp         skipped
    tls         skipped
    clock       skipped
    signature   skipped
    ");
    // Where no terminal reads it, a row is one line.
    assert_eq!(run(&mut doctor()).lines().count(), 8);
    // A query decides for itself.
    let queried = run(doctor().args(["--query", "[].{state: state, check: check} | [:1]"]));
    assert_snapshot!(queried, @r"
    State    Check
    -------  ----------
    failed   connection
    ");
    let (ours, stdout) = open();
    let size = rustix::termios::Winsize { ws_row: 20, ws_col: 50, ws_xpixel: 0, ws_ypixel: 0 };
    rustix::termios::tcsetwinsize(&ours, size).unwrap();
    let mut command = doctor();
    let mut child = command.stdin(Stdio::null()).stdout(stdout).stderr(Stdio::null()).spawn().unwrap();
    drop(command);
    let stdout = Collector::new(ours);
    child.wait().unwrap();
    let shown = stdout.finish();
    assert!(shown.lines().count() > 8 && shown.lines().all(|line| line.len() <= 50), "{shown}");
}
