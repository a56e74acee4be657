//! Tests of the scripts as text.

use super::*;
use insta::assert_snapshot;

#[test]
fn each_script_is_in_the_language_of_its_shell() {
    let home = Folder::new();
    for shell in ["bash", "zsh", "fish"] {
        script(&home, shell);
        if has(shell) {
            let status = Command::new(shell).arg("-n").arg(home.path().join(format!("completion.{shell}"))).status();
            assert!(status.unwrap().success(), "{shell}");
        }
    }
}

#[test]
fn each_script_has_all_commands_options_and_values() {
    let home = Folder::new();
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let seen = run(az(&home).args(["communication", "completion", shell]));
        assert_eq!(seen.code, Some(0));
        for word in ["get-for-teams-user", "chat.join.limited", "yamlc", "entra-token", "connection-string"] {
            assert!(seen.stdout.contains(word), "{word} is missing for {shell}");
        }
    }
}

#[test]
fn an_unknown_shell_is_a_usage_error() {
    assert_snapshot!(run(az(&Folder::new()).args(["communication", "completion", "tcsh"])), @"
    exit 2
    --- stderr
    ERROR: 'tcsh' is not a valid value for 'SHELL'. Allowed values: bash, fish, powershell, zsh.
    ");
}
