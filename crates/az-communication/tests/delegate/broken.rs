//! Tests of a real `az` that cannot be run.

use super::*;
use insta::assert_snapshot;

#[test]
fn a_missing_interpreter_is_named() {
    let programs = Programs::new();
    programs.script("broken", "#!/nonexistent/python\n");
    assert_snapshot!(programs.before("broken", &["vm", "list"]), @"
    exit 126
    --- stderr
    ERROR: HOME/broken/az cannot be run: its interpreter /nonexistent/python does not exist.
    Hint: This is the Azure CLI on PATH. Reinstall it, or correct PATH.
    ");
}

#[test]
fn every_command_of_an_az_that_cannot_be_run_ends_with_126() {
    let programs = Programs::new();
    programs.script("broken", "#!/nonexistent/python\n");
    for words in [&["communication", "chat", "list"][..], &["-h"], &["login"], &["version"]] {
        let seen = programs.before("broken", words);
        assert_eq!((seen.code, seen.stderr.matches("ERROR").count()), (Some(126), 1), "{words:?} {seen}");
    }
}

/// Returns the reason in the error if this is the real `az`.
fn reason(make: impl Fn(&Programs)) -> String {
    let programs = Programs::new();
    make(&programs);
    let seen = programs.before("broken", &["vm", "list"]);
    assert_eq!((seen.code, seen.stderr.matches("ERROR").count()), (Some(126), 1), "{seen}");
    let line = seen.stderr.lines().next().unwrap_or_default();
    line.strip_prefix("ERROR: HOME/broken/az cannot be run: ").unwrap_or(line).to_owned()
}

/// Returns the reason in the error if this script is the real `az`.
fn reason_of(script: &[u8]) -> String {
    reason(|programs| programs.script("broken", script))
}

#[test]
fn an_interpreter_that_does_not_exist_is_the_reason() {
    assert_eq!(reason_of(b"#! /no/sh -e\n"), "its interpreter /no/sh does not exist.");
    assert_eq!(reason_of(b"#!/bin/sh\r\necho\r\n"), "its interpreter /bin/sh does not exist.");
}

#[test]
fn an_interpreter_that_is_not_executable_is_the_reason() {
    assert_eq!(reason_of(b"#!/etc/passwd\n"), "its interpreter /etc/passwd is not executable.");
    assert_eq!(reason_of(b"#!/etc\n"), "its interpreter /etc is not executable.");
}

#[test]
fn the_missing_interpreter_of_an_interpreter_is_the_reason() {
    let reason = reason(|programs| {
        programs.script("inner", "#!/no/inner\n");
        programs.script("broken", format!("#!{}\n", programs.az("inner").display()));
    });
    assert_eq!(reason, "its interpreter /no/inner does not exist.");
}

#[test]
fn a_program_for_another_machine_is_the_reason() {
    let foreign = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\xff\xff\x01\0\0\0";
    assert_eq!(reason_of(foreign), "it is not a program for this machine.");
    assert_eq!(reason_of(b"\0\0\0\xff"), "it is not a program for this machine.");
}

#[test]
fn a_missing_permission_is_the_reason() {
    let reason = reason(|programs| std::fs::write(programs.az("broken"), "#!/bin/sh\n").unwrap());
    assert_eq!(reason, "it is not executable for this user.");
}

#[test]
fn a_link_that_leads_nowhere_is_the_reason() {
    let to = |target: &'static str| reason(move |programs| symlink(target, programs.az("broken")).unwrap());
    assert_eq!(to("/no/az"), "it is a link to /no/az, which does not exist.");
    assert_eq!(to("az"), "Too many levels of symbolic links.");
}

#[test]
fn a_program_that_is_being_written_is_busy() {
    let programs = Programs::new();
    programs.real("busy");
    let file = std::fs::OpenOptions::new().append(true).open(programs.az("busy")).unwrap();
    let seen = programs.before("busy", &["vm", "list"]);
    drop(file);
    if seen.code == Some(5) {
        eprintln!("skipped: this kernel runs a program that is being written");
        return;
    }
    assert_snapshot!(seen, @"
    exit 126
    --- stderr
    ERROR: HOME/busy/az cannot be run: another process is writing to it.
    Hint: An update may be in progress. Try again later.
    ");
}

#[test]
fn pages_of_ours_are_shown_with_a_warning() {
    let programs = Programs::new();
    programs.script("broken", "#!/nonexistent/python\n");
    let seen = programs.before("broken", &["communication", "-h"]);
    assert!(seen.code == Some(0) && seen.stdout.contains("emulator"), "{seen}");
    assert_snapshot!(seen.stderr, @"WARNING: HOME/broken/az cannot be run: its interpreter /nonexistent/python does not exist.");
}
