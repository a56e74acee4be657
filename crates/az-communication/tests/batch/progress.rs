//! Tests of a batch on a terminal: its question, its progress, and its summary as a table.

use std::process::Stdio;

use super::*;
use crate::support::terminal::{Collector, open};
use insta::assert_snapshot;

/// Returns the first line of a result.
fn header(words: &str) -> String {
    let world = World::shared();
    world.home.write("one-user", world.users(1)[0].clone());
    world.run(words).stdout.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn the_columns_of_a_table_begin_with_what_was_done() {
    assert_snapshot!(header(&format!("{ISSUE} --count 1 --out-file table.jsonl -o table")), @"Issued    Renewed    Skipped    Failed    Unknown    Seconds    File");
    assert_snapshot!(header("token revoke-batch --users-from one-user --yes -o table"), @"Revoked    Gone    Skipped    Failed    Seconds");
    assert_snapshot!(header("user delete-batch --users-from one-user --yes -o table"), @"Deleted    Gone    Skipped    Failed    Seconds");
}

/// Deletes three users on a terminal, with this answer to the question.
fn answered(world: &World, answer: &str) -> Seen {
    list(world, 3);
    let (mut typed, stdin) = open();
    let (err, stderr) = open();
    let mut command = world.command("user delete-batch --users-from users.txt --out-file r.jsonl");
    let mut child = command.stdin(stdin).stderr(stderr).stdout(Stdio::piped()).spawn().unwrap();
    drop(command);
    std::io::Write::write_all(&mut typed, answer.as_bytes()).unwrap();
    let err = Collector::new(err);
    let stdout = Collector::new(child.stdout.take().unwrap());
    let code = child.wait().unwrap().code();
    Seen { code, stdout: stdout.finish(), stderr: err.finish() }
}

#[test]
fn a_batch_asks_once_and_shows_a_bar() {
    let world = World::new();
    let seen = answered(&world, "y\n");
    assert!(seen.code == Some(0) && seen.stdout.starts_with("Delete 3 users? (y/n): "), "{seen}");
    assert!(seen.stderr.contains("3 of 3 done, ") && seen.stderr.contains('█'), "{seen}");
}

#[test]
fn a_batch_that_is_not_confirmed_writes_no_record() {
    let world = World::new();
    let seen = answered(&world, "n\n");
    assert!(seen.code == Some(1) && seen.stdout.starts_with("Delete 3 users? (y/n): "), "{seen}");
    assert!(seen.stderr.contains("Operation cancelled."), "{seen}");
    assert!(!world.home.path().join("r.jsonl").exists());
}

/// Returns the lines that a batch draws on a terminal of that width.
fn drawings(width: u16) -> Vec<String> {
    let (err, stderr) = open();
    let size = rustix::termios::Winsize { ws_row: 24, ws_col: width, ws_xpixel: 0, ws_ypixel: 0 };
    rustix::termios::tcsetwinsize(&err, size).unwrap();
    let world = World::shared();
    let mut command = world.command(&format!("{ISSUE} --count 150 --concurrency 1 --out-file t{width}.jsonl"));
    let mut child = command.stdin(Stdio::null()).stderr(stderr).stdout(Stdio::null()).spawn().unwrap();
    drop(command);
    let err = Collector::new(err);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    err.finish().split("\r\u{1b}[K").skip(1).map(str::to_owned).collect()
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn each_drawing_fits_the_terminal() {
    for width in [80, 66, 40, 25, 14] {
        let drawings = drawings(width);
        assert!(!drawings.is_empty());
        for drawing in drawings {
            assert!(drawing.chars().count() < usize::from(width), "{width}: {drawing:?}");
        }
    }
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn a_very_narrow_terminal_gets_lines() {
    assert_eq!(drawings(8), [] as [String; 0]);
}
