//! Tests of a ledger that is also another file of the command.

use std::process::Stdio;

use super::*;
use crate::support::seen::{run, seen};
use insta::assert_snapshot;

const LINE: &str =
    r#"{"time":"2026-11-26T06:40:12+00:00","event":"created","user_id":"8:acs:a","command":"c","host":"h"}"#;

/// Runs a command line with the ledger of that name.
fn with_ledger(world: &World, ledger: &str, words: &str) -> Seen {
    run(world.command(words).env("AZURE_COMMUNICATION_LEDGER", ledger))
}

/// Checks that a ledger is refused because it is the file of this option.
fn is_refused(seen: &Seen, name: &str, option: &str) {
    let error = format!("ERROR: {name} cannot be used: {option} is the same file.\n");
    assert!(seen.code == Some(1) && seen.stdout.is_empty() && seen.stderr.starts_with(&error), "{name}: {seen}");
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn the_record_is_refused_as_a_ledger_by_any_name() {
    let world = World::durable();
    let folder = world.home.path();
    world.home.write("both", "");
    std::fs::hard_link(folder.join("both"), folder.join("hard")).unwrap();
    std::os::unix::fs::symlink("both", folder.join("soft")).unwrap();
    for name in ["both", "./both", "hard", "soft"] {
        is_refused(&with_ledger(&world, name, &format!("{ISSUE} --count 4 --out-file both")), name, "--out-file");
    }
    assert_eq!(world.identities(), 0);
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn a_record_that_does_not_exist_yet_is_refused_as_a_ledger_by_any_name() {
    let world = World::durable();
    std::os::unix::fs::symlink(".", world.home.path().join("here")).unwrap();
    for name in ["new", "./new", "here/new"] {
        is_refused(&with_ledger(&world, name, &format!("{ISSUE} --count 4 --out-file new")), name, "--out-file");
        assert!(!world.home.path().join("new").exists());
    }
    assert_eq!(world.identities(), 0);
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn the_list_of_users_is_refused_as_a_ledger() {
    let world = World::new();
    world.home.write("led", format!("{LINE}\n"));
    assert_snapshot!(with_ledger(&world, "led", "user delete-batch --users-from led --yes"), @"
    exit 1
    --- stderr
    ERROR: led cannot be used: --users-from is the same file.
    Hint: AZURE_COMMUNICATION_LEDGER, or [communication] ledger in the config file, names this ledger.
    Hint: Nothing was changed. Name another file.
    ");
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn the_record_of_deletions_is_refused_as_a_ledger() {
    let world = World::new();
    world.home.write("led", format!("{LINE}\n"));
    let delete = "user delete-batch --users-from led --out-file new --yes";
    assert_snapshot!(with_ledger(&world, "new", delete), @"
    exit 1
    --- stderr
    ERROR: new cannot be used: --out-file is the same file.
    Hint: AZURE_COMMUNICATION_LEDGER, or [communication] ledger in the config file, names this ledger.
    Hint: Nothing was changed. Name another file.
    ");
}

/// The shell would mix other lines into the ledger.
#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn the_file_to_which_stdout_goes_is_refused_as_a_ledger() {
    let world = World::durable();
    let out = std::fs::File::options().append(true).open(world.home.write("out", "")).unwrap();
    let mut command = world.command("user create");
    command.env("AZURE_COMMUNICATION_LEDGER", "out").stdin(Stdio::null()).stdout(out).stderr(Stdio::piped());
    assert_snapshot!(seen(command.output().unwrap()), @"
    exit 1
    --- stderr
    ERROR: out cannot be used: stdout is the same file.
    Hint: AZURE_COMMUNICATION_LEDGER, or [communication] ledger in the config file, names this ledger.
    Hint: Nothing was changed. Name another file.
    ");
    assert_eq!(world.identities(), 0);
}

#[test]
fn a_record_and_a_ledger_are_two_files() {
    let world = World::new();
    assert_eq!(with_ledger(&world, "ledger", &format!("{ISSUE} --count 4 --out-file record")).code, Some(0));
    assert_eq!(world.lines("ledger").len(), 4);
}
