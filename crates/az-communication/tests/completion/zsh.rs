//! Tests of the completion in zsh.

use super::*;
use insta::assert_snapshot;

/// Starts zsh, which inserts all completions into the line. It runs the command in `before`, then reads the script.
fn zsh(home: &Folder, before: &str) -> Shell {
    script(home, "zsh");
    let mut shell = Shell::start(&mut interactive(home, "zsh", &["-f", "-i"]));
    shell.run("show() { local n=$1; shift; printf 'sho''wn %s:' \"$n\"; printf '<%s>' \"$@\"; echo ':e''nd' }");
    shell.run("unsetopt prompt_cr prompt_sp beep zle_bracketed_paste; unset zle_bracketed_paste; bindkey -e");
    shell.run("autoload -Uz compinit && compinit -u -d $HOME/.zcompdump");
    shell.run("zstyle ':completion:*' completer _all_matches _complete; zstyle ':completion:*' insert true");
    shell.run(before);
    shell.run("source completion.zsh");
    shell
}

/// Returns the words that zsh offers after each of these lines.
fn offered(before: &str, lines: &[&str]) -> String {
    let home = Folder::new();
    let mut shell = zsh(&home, before);
    all(lines, |line| added(&shell.line(&format!("{line}\t")), line))
}

/// Completions of other words of `az`, and of another program.
const OTHERS: &str =
    "_former() { compadd vm network }; compdef _former az; _kid() { compadd at-$CURRENT }; compdef _kid kid";

#[test]
fn commands_options_and_values_are_offered() {
    if !has("zsh") {
        return;
    }
    let lines = [
        "az communication user-identity token rev",
        "az -o table communication user-identity token g",
        "az communication user-identity -",
        "az communication identity token issue -o t",
        "az communication identity token issue --output=ta",
        "az communication user-identity token issue --user ",
    ];
    assert_snapshot!(offered("true", &lines), @"
    az communication user-identity token rev → revoke revoke-batch
    az -o table communication user-identity token g → get-for-teams-user
    az communication user-identity - → --help -h
    az communication identity token issue -o t → table tsv
    az communication identity token issue --output=ta → --output=table
    az communication user-identity token issue --user  → (nothing)
    ");
}

/// The functions of the completion system need their own shell options. With other options, zsh prints an error for
/// each file name.
#[test]
fn names_of_files_are_completed_without_an_error() {
    if !has("zsh") {
        return;
    }
    let home = Folder::new();
    let shell = &mut zsh(&home, "true");
    for (words, becomes) in [
        ("az communication emulator start --data-dir di\t", "<dir>"),
        ("az communication user-identity token issue-batch --users-from dir/data.\t", "<dir/data.json>"),
        ("az communication user-identity token get-for-teams-user --aad-token @dir/data.\t", "<@dir/data.json>"),
    ] {
        let (line, screen) = shell.line_and_screen(words);
        assert!(line.ends_with(becomes) && !screen.contains("no matches found"), "{words:?}: {line}\n{screen}");
    }
}

#[test]
fn other_words_are_left_to_the_completion_that_was_there() {
    if !has("zsh") {
        return;
    }
    assert_snapshot!(offered(OTHERS, &["az vm ", "az v", "az c"]), @"
    az vm  → network vm
    az v → vm
    az c → communication
    ");
}

#[test]
fn other_words_are_left_to_a_completion_of_bash() {
    if !has("zsh") {
        return;
    }
    let before = "autoload -U +X bashcompinit && bashcompinit; _former() { COMPREPLY=(vm network) }; \
                  complete -o nospace -F _former az";
    assert_snapshot!(offered(before, &["az v", "az communication user-identity token rev"]), @"
    az v → vm
    az communication user-identity token rev → revoke revoke-batch
    ");
}

#[test]
fn the_script_may_be_read_twice() {
    if !has("zsh") {
        return;
    }
    assert_snapshot!(offered(&format!("{OTHERS}; source completion.zsh"), &["az v"]), @"az v → vm");
}

#[test]
fn the_command_of_a_run_is_completed() {
    if !has("zsh") {
        return;
    }
    let lines = ["az communication emulator run -- kid ", "az communication emulator run -- unam"];
    assert_snapshot!(offered(OTHERS, &lines), @"
    az communication emulator run -- kid  → at-2
    az communication emulator run -- unam → uname
    ");
}

/// The script of the Azure CLI is a bash script, which bashcompinit runs.
#[test]
fn the_script_starts_the_completion_system_where_it_is_not_started() {
    if !has("zsh") {
        return;
    }
    let home = Folder::new();
    script(&home, "zsh");
    let words = ["-f", "-c", "source <(cat completion.zsh); print -r -- $_comps[az]"];
    let seen = run(&mut interactive(&home, "zsh", &words));
    assert_eq!(seen.stdout, "_az_communication\n", "{seen}");
}
