//! Tests of the completion under the program's own name, `az-communication`.

use super::*;
use crate::support::listed;
use insta::assert_snapshot;

/// Returns the words that bash offers after each of these lines, with the scripts for both names.
fn offered_by_bash<T: AsRef<str>>(lines: &[T]) -> String {
    let home = Folder::new();
    script(&home, "bash");
    home.write("own.bash", own_script(&home, "bash"));
    let mut shell = bash::start(&home);
    shell.run("source own.bash; source completion.bash");
    all(lines, |line| bash::offers(&mut shell, line))
}

#[test]
fn bash_completes_it_with_and_without_the_groups_before_the_words() {
    let mut lines = Vec::new();
    for start in ["", "communication ", "communication user-identity ", "user-identity "] {
        lines.push(format!("az-communication {start}token g"));
        lines.push(format!("az-communication {start}token issue --sc"));
    }
    lines.push("az-communication ".to_owned());
    lines.push("az-communication -o table emulator ru".to_owned());
    let offered = offered_by_bash(&lines).replace(&listed::own_names().join(" "), "NAMES");
    assert_snapshot!(offered, @"
    az-communication token g → get-for-teams-user
    az-communication token issue --sc → --scope
    az-communication communication token g → get-for-teams-user
    az-communication communication token issue --sc → --scope
    az-communication communication user-identity token g → get-for-teams-user
    az-communication communication user-identity token issue --sc → --scope
    az-communication user-identity token g → get-for-teams-user
    az-communication user-identity token issue --sc → --scope
    az-communication  → --help -h NAMES
    az-communication -o table emulator ru → run
    ");
}

#[test]
fn bash_completes_both_names_in_one_shell() {
    let lines = ["az-communication token ve", "az commu", "az communication user-identity token g"];
    assert_snapshot!(offered_by_bash(&lines), @"
    az-communication token ve → verify
    az commu → communication
    az communication user-identity token g → get-for-teams-user
    ");
}

#[test]
fn fish_completes_it_with_and_without_the_groups_before_the_words() {
    if !has("fish") {
        return;
    }
    let home = Folder::new();
    home.write("own.fish", own_script(&home, "fish"));
    let lines = [
        "token g",
        "communication token g",
        "communication user-identity token g",
        "user-identity token g",
        "emulator ru",
    ];
    let lines = lines.map(|words| format!("az-communication {words}"));
    assert_snapshot!(all(&lines, |line| fish::offers(&home, "source own.fish", line)), @"
    az-communication token g → get-for-teams-user
    az-communication communication token g → get-for-teams-user
    az-communication communication user-identity token g → get-for-teams-user
    az-communication user-identity token g → get-for-teams-user
    az-communication emulator ru → run
    ");
}

#[test]
fn zsh_finds_the_group_of_the_words() {
    if !has("zsh") {
        return;
    }
    let home = Folder::new();
    home.write("own.zsh", own_script(&home, "zsh"));
    let state = "source own.zsh 2>/dev/null; for line in 'token' 'communication' 'communication user-identity token' \
                 'user-identity user' 'identity user'; do _own_az_communication_state ${=line}; echo \"<$words_path>\"; done";
    let seen = run(other_program("zsh", &home).args(["-f", "-c", state]));
    assert_eq!(seen.stdout, "<token>\n<>\n<token>\n<user>\n<identity user>\n", "{seen}");
}

#[test]
fn each_script_is_for_it() {
    let home = Folder::new();
    for (shell, line) in [
        ("bash", "complete -o bashdefault -o default -F _own_az_communication az-communication"),
        ("zsh", "#compdef az-communication"),
        (
            "fish",
            "complete -c az-communication -f -n __own_az_communication_is_here -a '(__own_az_communication_complete)'",
        ),
        ("powershell", "Register-ArgumentCompleter -Native -CommandName az-communication -ScriptBlock {"),
    ] {
        let script = own_script(&home, shell);
        assert!(script.lines().any(|own| own == line), "{shell}: {script}");
        assert!(!script.contains("{{") && !script.contains("az communication"), "{shell}");
    }
}
