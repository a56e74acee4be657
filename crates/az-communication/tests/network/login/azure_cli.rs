//! Tests of the login of the Azure CLI: the arguments of the real `az`, and its possible output.

use super::*;
use insta::assert_snapshot;
use std::time::{Duration, Instant};

/// Runs the command with this script as the real `az`.
fn with(script: &str) -> Seen {
    let world = World::new(vec![]);
    let mut command = world.command();
    world.azure_cli(&mut command, script);
    world.shown(&mut command)
}

#[test]
fn the_subscription_is_handed_on() {
    let world = World::new(vec![]);
    let mut command = world.command();
    world.azure_cli(&mut command, GIVES_A_TOKEN);
    let seen = world.shown(command.args(["--subscription", "Pay-As-You-Go (dev) \"x\"", "--only-show-errors"]));
    assert_eq!(seen.to_string(), CREATED);
    assert_snapshot!(world.asked().unwrap(), @r#"
    account
    get-access-token
    --output
    json
    --scope
    https://communication.azure.com//.default
    --subscription
    Pay-As-You-Go (dev) "x"
    "#);
}

#[test]
fn a_background_process_of_it_is_not_waited_for() {
    let started = Instant::now();
    // The background process keeps stdout and stderr open.
    let seen = with(&format!("{GIVES_A_TOKEN}\nsleep 30 &"));
    assert_eq!(seen.code, Some(0), "{seen}");
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
}

/// Returns the part of the error about this login.
fn said(script: &str) -> String {
    let seen = with(script);
    assert_eq!(seen.code, Some(1));
    let begin = seen.stderr.find("  az login: ").unwrap_or_else(|| panic!("{seen}"));
    seen.stderr[begin..seen.stderr.find("Hint: To use an access").unwrap()].to_owned()
}

#[test]
fn all_lines_of_its_error_are_shown() {
    let script = "echo 'ERROR: AADSTS50076: MFA is needed.' >&2; echo 'Run: az login --tenant T' >&2; exit 1";
    assert_snapshot!(said(script), @"
      az login: ERROR: AADSTS50076: MFA is needed.
        Run: az login --tenant T
    Hint: Sign in with `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.
    ");
}

#[test]
fn the_last_line_of_a_traceback_is_shown() {
    let traceback =
        "Traceback (most recent call last):\n  File \"x\", line 3, in y\nModuleNotFoundError: No module named azure";
    assert_snapshot!(said(&format!("echo '{traceback}' >&2; exit 1")), @"
      az login: ModuleNotFoundError: No module named azure
    Hint: Sign in with `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.
    ");
}

#[test]
fn each_way_to_fail_is_named() {
    let scripts = ["exit 7", "kill -9 $$", "true", "echo 'A new release is out.'", "exec /nonexistent"];
    let all: Vec<String> = scripts.iter().map(|script| said(script).lines().next().unwrap().to_owned()).collect();
    assert_snapshot!(all.join("\n"), @"
    az login: it ended with exit code 7 and without a message
    az login: a signal ended it
    az login: it printed nothing
    az login: it printed something that is not a token: A new release is out.
    az login: HOME/real/az: 3: exec: /nonexistent: not found
    ");
}

#[test]
fn an_answer_of_a_version_that_is_too_old_is_named() {
    assert_snapshot!(said("echo '{\"accessToken\": \"opaque\"}'"), @"
      az login: its answer has no 'expires_on'. Azure CLI 2.54.0 or newer is needed
    Hint: Sign in with `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.
    ");
}

#[test]
fn a_token_or_a_secret_in_an_answer_is_not_shown() {
    for (script, expected) in [
        ("echo 'Careful: {\"accessToken\": \"opaque\"}'", "it printed something that is not a token: Careful: {\""),
        ("echo eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2ln", "it printed something that is not a token: *****"),
        ("echo 'ERROR: client_secret=opaque is wrong' >&2; exit 1", "az login: ERROR: client_secret=***** is wrong"),
    ] {
        let said = said(script);
        assert!(said.contains(expected) && !said.contains("opaque") && !said.contains("eyJ"), "{script}: {said}");
    }
}
