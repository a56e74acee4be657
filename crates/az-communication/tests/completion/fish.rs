//! Tests of the completion in fish.

use super::*;
use insta::assert_snapshot;

/// Returns the words that fish offers after these words, without descriptions. The commands in `before` run first.
pub fn offers(home: &Folder, before: &str, words: &str) -> String {
    let script = format!("{before}\ncomplete -C '{words}'");
    let seen = run(&mut interactive(home, "fish", &["--no-config", "-c", &script]));
    assert_eq!(seen.stderr, "");
    let mut words: Vec<&str> = seen.stdout.lines().map(|line| line.split('\t').next().unwrap()).collect();
    words.sort_unstable();
    words.join(" ")
}

/// Returns the words that fish offers after each of these lines. Other completions are defined before the script is
/// read.
fn offered<T: AsRef<str>>(lines: &[T]) -> String {
    const OTHERS: &str = "complete -c az -n '__fish_seen_subcommand_from vm' -f -a 'create list'; \
        complete -c az -n __fish_use_subcommand -f -a vm; complete -c kid -f -a 'one two'";
    let home = Folder::new();
    script(&home, "fish");
    all(lines, |line| offers(&home, &format!("{OTHERS}\nsource completion.fish"), line))
}

#[test]
fn commands_options_and_values_are_offered() {
    if !has("fish") {
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
    assert_snapshot!(offered(&lines), @"
    az communication user-identity token rev → revoke revoke-batch
    az -o table communication user-identity token g → get-for-teams-user
    az communication user-identity - → --help -h
    az communication identity token issue -o t → table tsv
    az communication identity token issue --output=ta → --output=table
    az communication user-identity token issue --user  → (nothing)
    ");
}

#[test]
fn files_are_completed_where_files_are_named_and_after_an_at_sign() {
    if !has("fish") {
        return;
    }
    let lines = [
        "az communication emulator start --data-dir di",
        "az communication user-identity token issue --token @dir/data.",
    ];
    assert_snapshot!(offered(&lines), @"
    az communication emulator start --data-dir di → dir/
    az communication user-identity token issue --token @dir/data. → @dir/data.json
    ");
}

#[test]
fn other_words_are_left_to_the_completion_that_was_there() {
    if !has("fish") {
        return;
    }
    assert_snapshot!(offered(&["az vm ", "az v", "az comm"]), @"
    az vm  → create list
    az v → vm
    az comm → communication
    ");
}

#[test]
fn the_command_of_a_run_is_completed() {
    if !has("fish") {
        return;
    }
    let run = "az communication emulator run";
    assert_snapshot!(offered(&[format!("{run} -- kid "), format!("{run} --port 0 kid t")]), @"
    az communication emulator run -- kid  → one two
    az communication emulator run --port 0 kid t → two
    ");
    assert!(offered(&[format!("{run} -- unam")]).contains("uname"));
}

/// A file in the user's folder replaces the file of the Azure CLI, which fish then does not read.
#[test]
fn the_file_of_the_azure_cli_is_read_by_the_script() {
    if !has("fish") {
        return;
    }
    let home = Folder::new();
    script(&home, "fish");
    std::fs::create_dir_all(home.path().join("a/completions")).unwrap();
    std::fs::copy(home.path().join("completion.fish"), home.path().join("a/completions/az.fish")).unwrap();
    home.write("b/completions/az.fish", "complete -c az -f -a vm\n");
    // fish completes a program only if it is on PATH.
    std::fs::create_dir(home.path().join("bin")).unwrap();
    std::os::unix::fs::symlink(support::AZ, home.path().join("bin/az")).unwrap();
    let path = home.path().display();
    let line = format!("set fish_complete_path {path}/a/completions {path}/b/completions; complete -C 'az '");
    let mut command = interactive(&home, "fish", &["--no-config", "-c", &line]);
    let seen = run(command.env("PATH", format!("{path}/bin:/usr/bin:/bin")));
    assert!(seen.stdout.contains("communication\t") && seen.stdout.lines().any(|line| line == "vm"), "{seen}");
}
