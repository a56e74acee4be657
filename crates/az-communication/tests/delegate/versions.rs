//! Tests of `--version` and `version`.

use super::*;
use insta::assert_snapshot;

/// A real `az` with a version and its own exit code.
const REAL_VERSION: &str =
    "#!/bin/sh\ncase $1 in version) echo '{\"azure-cli\": \"2.91\"}';; *) echo 'azure-cli 2.91';; esac\nexit 3\n";

#[test]
fn the_version_option_shows_the_real_one_and_then_ours() {
    let programs = Programs::with_real(REAL_VERSION);
    let seen = programs.before_real("--version").hiding(env!("CARGO_PKG_VERSION"), "VERSION");
    assert_snapshot!(seen, @"
    exit 3
    --- stdout
    azure-cli 2.91
    az-communication VERSION
    ");
    assert_eq!(programs.before_real("-v").hiding(env!("CARGO_PKG_VERSION"), "VERSION"), seen);
}

#[test]
fn the_version_command_is_that_of_the_real_az() {
    assert_snapshot!(Programs::with_real(REAL_VERSION).before_real("version -o tsv"), @r#"
    exit 3
    --- stdout
    {"azure-cli": "2.91"}
    "#);
}

/// Runs a command line without a real `az`. `VERSION` replaces the version of this program.
fn without_real(line: &str) -> Seen {
    alone(&Folder::new(), line).hiding(env!("CARGO_PKG_VERSION"), "VERSION")
}

#[test]
fn without_a_real_az_the_version_option_shows_ours() {
    assert_snapshot!(without_real("--version"), @"
    exit 0
    --- stdout
    az-communication VERSION
    ");
}

#[test]
fn without_a_real_az_the_version_command_shows_ours() {
    assert_snapshot!(without_real("version"), @r#"
    exit 0
    --- stdout
    {
      "az-communication": "VERSION"
    }
    "#);
}

#[test]
fn without_a_real_az_the_version_command_has_the_options_of_a_command() {
    assert_snapshot!(without_real("version -o tsv"), @"
    exit 0
    --- stdout
    VERSION
    ");
    assert_snapshot!(without_real("version --query \"az-communication\""), @r#"
    exit 0
    --- stdout
    "VERSION"
    "#);
    assert_eq!(without_real("version --bogus").code, Some(2));
    assert!(without_real("version -h").stdout.contains("az version : Show the version of this program."));
}
