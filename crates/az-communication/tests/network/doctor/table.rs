//! Tests of the report as a table.

use super::*;
use crate::support::terminal::{Collector, open};
use insta::assert_snapshot;
use std::process::Stdio;

/// Returns the doctor with a wrong connection string.
fn table(home: &Folder) -> Command {
    let mut command = az(home);
    command.args(["communication", "doctor", "-o", "table", "--connection-string", "endpoint=https://c.example"]);
    command
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn its_columns_are_in_the_order_of_reading_and_fit_the_width() {
    assert_snapshot!(run(table(&Folder::new()).env("COLUMNS", "72")), @"
    exit 1
    --- stdout
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
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn without_a_terminal_a_row_is_one_line() {
    let seen = run(&mut table(&Folder::new()));
    assert_eq!(seen.stdout.lines().count(), 8, "{seen}");
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn a_query_decides_about_columns_and_rows() {
    assert_snapshot!(run(table(&Folder::new()).args(["--query", "[].{state: state, check: check} | [:1]"])), @"
    exit 1
    --- stdout
    State    Check
    -------  ----------
    failed   connection
    ");
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn on_a_terminal_it_fits_the_width() {
    let home = Folder::new();
    let (ours, stdout) = open();
    let size = rustix::termios::Winsize { ws_row: 20, ws_col: 50, ws_xpixel: 0, ws_ypixel: 0 };
    rustix::termios::tcsetwinsize(&ours, size).unwrap();
    let mut command = table(&home);
    let mut child = command.stdin(Stdio::null()).stdout(stdout).stderr(Stdio::null()).spawn().unwrap();
    drop(command);
    let stdout = Collector::new(ours);
    child.wait().unwrap();
    let shown = stdout.finish();
    assert!(shown.lines().count() > 8 && shown.lines().all(|line| line.len() <= 50), "{shown}");
}
