//! The completion scripts in the shells themselves: keys are typed, and the line that becomes of them is looked at.
#![cfg(unix)]

mod support;

use std::process::Command;

use support::shell::Shell;
use support::{Folder, az};

/// Whether a shell is here; else the test is skipped by name.
fn has(shell: &str) -> bool {
    let found = Command::new("sh").args(["-c", &format!("command -v {shell}")]).output().unwrap().status.success();
    if !found {
        eprintln!("skipped: {shell} is not installed");
    }
    found
}

fn script(home: &Folder, shell: &str) {
    let output = az(home).args(["communication", "completion", shell]).output().unwrap();
    assert!(output.status.success());
    home.write(&format!("completion.{shell}"), output.stdout);
    home.write("dir/data.json", "{}");
    home.write("dir/data two.json", "{}");
}

/// bash with its readline: M-* puts all completions into the line.
fn bash(home: &Folder, before: &str) -> Shell {
    script(home, "bash");
    let mut command = Command::new("bash");
    command.args(["--norc", "--noprofile", "-i"]).current_dir(home.path()).env_clear();
    command.env("HOME", home.path()).env("PATH", "/usr/bin:/bin").env("TERM", "dumb").env("PS1", "").env("PS2", "");
    command.env("INPUTRC", "/dev/null").env("LC_ALL", "C.UTF-8").env("AZ_TEST_VARIABLE", "x");
    let mut shell = Shell::start(&mut command);
    shell.run("show() { local n=$1; shift; printf 'sho''wn %s:' \"$n\"; printf '<%s>' \"$@\"; echo ':e''nd'; }");
    shell.run("bind 'set bell-style none'; bind 'set enable-bracketed-paste off'; bind 'set completion-query-items 0'");
    shell.run(before);
    shell.run("source completion.bash");
    shell
}

/// All that bash offers behind these words.
fn offers(shell: &mut Shell, words: &str) -> String {
    let line = shell.line(&format!("{words}\x1b*"));
    let typed: String = words.split_whitespace().map(|word| format!("<{word}>")).collect();
    let complete = words.ends_with(' ');
    let known = if complete { typed } else { typed.rsplit_once('<').unwrap().0.to_owned() };
    line.strip_prefix(&known).unwrap_or(&line).trim_matches(['<', '>']).replace("><", " ")
}

#[test]
fn bash_offers_commands_options_and_values() {
    if !has("bash") {
        return;
    }
    let home = Folder::new();
    let shell = &mut bash(&home, "true");
    assert_eq!(offers(shell, "az "), "--help -h communication");
    assert_eq!(offers(shell, "az -"), "--help -h");
    assert_eq!(offers(shell, "az comm"), "communication");
    let groups = offers(shell, "az communication user-identity ");
    assert!(groups.starts_with("--help -h ") && groups.ends_with(" token user"), "{groups}");
    assert_eq!(offers(shell, "az communication user-identity -"), "--help -h");
    assert_eq!(offers(shell, "az communication user-identity token g"), "get-for-teams-user");
    assert_eq!(offers(shell, "az communication user-identity token issue --s"), "--scope --subscription");
    // Options before and between the words.
    assert_eq!(offers(shell, "az -o table communication user-identity token g"), "get-for-teams-user");
    assert_eq!(offers(shell, "az --output=table --verbose communication user-identity token g"), "get-for-teams-user");
    assert_eq!(offers(shell, "az -o table communication user-identity "), groups);
    // Values.
    assert_eq!(offers(shell, "az communication identity token issue -o t"), "table tsv");
    let formats = "json jsonc none table tsv yaml yamlc";
    assert_eq!(offers(shell, "az communication identity token issue -o "), formats);
    let line = shell.line("az communication identity token issue --output=\x1b*");
    assert_eq!(
        line,
        "<az><communication><identity><token><issue><--output=json><jsonc><none><table><tsv><yaml><yamlc>"
    );
    assert_eq!(offers(shell, "az communication identity token issue --output=ta"), "--output=table");
    assert_eq!(
        offers(shell, "az communication user-identity token issue --scope chat "),
        "chat chat.join chat.join.limited voip voip.join"
    );
    assert_eq!(offers(shell, "az communication user-identity token issue --scope chat --us"), "--user");
    assert_eq!(offers(shell, "az communication completion b"), "bash");
}

#[test]
fn bash_offers_nothing_for_what_may_be_anything() {
    if !has("bash") {
        return;
    }
    let home = Folder::new();
    let shell = &mut bash(&home, "true");
    for option in ["--user", "--query", "--connection-string", "--expires-in x --user"] {
        let words = format!("az communication user-identity token issue {option} ");
        assert_eq!(offers(shell, &words), "", "{option}");
    }
    assert_eq!(offers(shell, "az communication user-identity token issue --user=d"), "--user=d");
    // Not files either, but variables and home folders.
    assert_eq!(offers(shell, "az communication user-identity token issue --user d"), "d");
    assert_eq!(offers(shell, "az communication user-identity token issue --user $AZ_TEST_VARI"), "x");
    let line = shell.line("az communication user-identity token issue --user ~roo\x1b*");
    assert!(line.ends_with("</root>"), "{line}");
    // Behind a value, options again.
    assert_eq!(offers(shell, "az communication user-identity token issue --user 8:acs:x --sco"), "--scope");
}

#[test]
fn bash_offers_files_where_files_are_named() {
    if !has("bash") {
        return;
    }
    let home = Folder::new();
    let shell = &mut bash(&home, "true");
    let start = "az communication emulator start --data-dir";
    assert!(shell.line(&format!("{start} di\t")).ends_with("<--data-dir><dir/>"));
    assert!(shell.line(&format!("{start}=di\t")).ends_with("<--data-dir=dir/>"));
    let batch = "az communication user-identity token issue-batch --users-from";
    assert_eq!(shell.line(&format!("{batch} dir/data.\t")).rsplit_once('<').unwrap().1, "dir/data.json>");
    assert!(shell.line(&format!("{batch} dir/data\\ \t")).ends_with("<dir/data two.json>"));
    // The @ that asks for what is in a file stays.
    let issue = "az communication user-identity token issue";
    for (typed, becomes) in [
        ("--connection-string @dir/data.", "<@dir/data.json>"),
        ("--connection-string=@dir/data.", "<--connection-string=@dir/data.json>"),
        ("@dir/data.", "<@dir/data.json>"),
    ] {
        let line = shell.line(&format!("{issue} {typed}\t"));
        assert!(line.ends_with(becomes), "{typed}: {line}");
    }
}

/// Every TAB goes on from what the one before made of the word.
#[test]
fn bash_completes_names_behind_an_at_sign_step_by_step() {
    if !has("bash") {
        return;
    }
    let home = Folder::new();
    let shell = &mut bash(&home, "true");
    home.write("aad.txt", "");
    home.write("aad two.txt", "");
    home.write("sub/one.txt", "");
    for option in ["--aad-token ", "--aad-token="] {
        let start = format!("az communication user-identity token get-for-teams-user {option}");
        for (typed, becomes) in [
            ("@a\t.\t", "@aad.txt>"),
            ("@a\t\\ \t", "@aad two.txt>"),
            ("@su\t\t", "@sub/one.txt>"),
            ("@di\tdata.\t", "@dir/data.json>"),
            ("@di\tdata\\ \t", "@dir/data two.json>"),
        ] {
            let line = shell.line(&format!("{start}{typed}"));
            assert!(line.ends_with(becomes), "{option}{typed:?}: {line}");
        }
    }
}

/// As argcomplete registers itself: with blanks behind its words.
const FORMER: &str = "_former() { COMPREPLY=(); local w; for w in vm network comm-former; do case $w in $2*) \
    COMPREPLY+=(\"$w \") ;; esac; done; }; complete -o nospace -o default -F _former az";

#[test]
fn bash_leaves_other_words_to_the_completion_that_was_there() {
    if !has("bash") {
        return;
    }
    let home = Folder::new();
    let shell = &mut bash(&home, FORMER);
    assert_eq!(offers(shell, "az vm "), "comm-former network vm");
    assert_eq!(offers(shell, "az v"), "vm");
    assert_eq!(offers(shell, "az comm"), "comm-former communication");
    assert_eq!(offers(shell, "az communication chat n"), "network");
    assert_eq!(offers(shell, "az -o table vm --size n"), "network");
    // Our own words are ours.
    assert_eq!(offers(shell, "az communication user-identity token i"), "inspect issue issue-batch");
    assert_eq!(offers(shell, "az communication user-identity token issue --scope v"), "voip voip.join");
    // Once more, as when .bashrc is read again.
    shell.run("source completion.bash");
    assert_eq!(offers(shell, "az v"), "vm");
    assert_eq!(offers(shell, "az communication user-identity token rev"), "revoke revoke-batch");
}

/// bash-completion reads the file of a program at its first TAB.
#[test]
fn bash_loads_the_completion_that_would_be_loaded_later() {
    if !has("bash") {
        return;
    }
    let home = Folder::new();
    let later = "_comp_load() { case $1 in az) _late() { COMPREPLY=(vm); }; complete -F _late az ;; kid) \
        _kid() { COMPREPLY=(one); }; complete -F _kid kid ;; *) return 1 ;; esac; }";
    let shell = &mut bash(&home, later);
    assert_eq!(offers(shell, "az v"), "vm");
    assert_eq!(offers(shell, "az communication emulator run -- kid "), "one");
}

#[test]
fn bash_completes_the_command_of_emulator_run() {
    if !has("bash") {
        return;
    }
    let home = Folder::new();
    let child = "_child() { COMPREPLY=($(compgen -W \"at-$COMP_CWORD sub-${COMP_WORDS[0]}\" -- \"$2\")); }; \
        complete -F _child mychild";
    let shell = &mut bash(&home, child);
    for run in [
        "az communication emulator run --",
        "az communication emulator run --port 0 --",
        "az communication emulator run",
    ] {
        assert_eq!(offers(shell, &format!("{run} unam")), "uname", "{run}");
        assert_eq!(offers(shell, &format!("{run} mychild ")), "at-1 sub-mychild", "{run}");
        assert_eq!(offers(shell, &format!("{run} mychild -x --output a")), "at-3", "{run}");
        assert!(shell.line(&format!("{run} cat dir/data.\t")).ends_with("<cat><dir/data.json>"), "{run}");
    }
    // Before it, the options are ours.
    assert_eq!(offers(shell, "az communication emulator run --por"), "--port");
}

/// The Azure CLI's own completion, which is argcomplete's, around a program of its kind.
#[test]
#[ignore = "needs Python packages: run scripts/test.sh"]
fn bash_completes_beside_argcomplete() {
    let python = std::env::var("AZ_TEST_PYTHON").expect("AZ_TEST_PYTHON: run scripts/test.sh");
    let home = Folder::new();
    let program = format!(
        "#!{python}\nimport argparse, argcomplete\np = argparse.ArgumentParser()\ns = p.add_subparsers()\n\
         vm = s.add_parser('vm').add_subparsers()\nvm.add_parser('create').add_argument('--size', choices=['small', 'large'])\n\
         s.add_parser('communication').add_subparsers().add_parser('chat')\nargcomplete.autocomplete(p)\np.parse_args()\n"
    );
    let path = home.write("bin/az", program);
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let register = "import sys; from argcomplete.scripts.register_python_argcomplete import main; main()";
    let output = Command::new(&python).args(["-c", register, "az"]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    home.write("argcomplete.bash", output.stdout);
    let shell = &mut bash(&home, "PATH=$PWD/bin:$PATH; source argcomplete.bash");
    assert_eq!(offers(shell, "az vm cr"), "create");
    assert_eq!(offers(shell, "az vm create --size s"), "small");
    assert_eq!(offers(shell, "az v"), "vm");
    assert_eq!(offers(shell, "az communication ch"), "chat");
    assert_eq!(offers(shell, "az communication user-identity token rev"), "revoke revoke-batch");
}

// ---- zsh ----

/// zsh, where ^Xa puts all completions into the line.
fn zsh(home: &Folder, before: &str) -> Shell {
    script(home, "zsh");
    let mut command = Command::new("zsh");
    command.args(["-f", "-i"]).current_dir(home.path()).env_clear();
    command.env("HOME", home.path()).env("PATH", "/usr/bin:/bin").env("TERM", "dumb").env("PS1", "").env("PS2", "");
    command.env("LC_ALL", "C.UTF-8").env("AZ_TEST_VARIABLE", "x");
    let mut shell = Shell::start(&mut command);
    shell.run("show() { local n=$1; shift; printf 'sho''wn %s:' \"$n\"; printf '<%s>' \"$@\"; echo ':e''nd' }");
    shell.run("unsetopt prompt_cr prompt_sp beep zle_bracketed_paste; unset zle_bracketed_paste; bindkey -e");
    shell.run("autoload -Uz compinit && compinit -u -d $HOME/.zcompdump");
    shell.run("zstyle ':completion:*' completer _all_matches _complete; zstyle ':completion:*' insert true");
    shell.run(before);
    shell.run("source completion.zsh");
    shell
}

/// The functions of the completion system want their own options: with others, zsh prints an error for each file name.
#[test]
fn zsh_completes_names_of_files_without_an_error() {
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

/// All that zsh offers behind these words.
fn zsh_offers(shell: &mut Shell, words: &str) -> String {
    let line = shell.line(&format!("{words}\t"));
    let typed: String = words.split_whitespace().map(|word| format!("<{word}>")).collect();
    let known = if words.ends_with(' ') { typed } else { typed.rsplit_once('<').unwrap().0.to_owned() };
    line.strip_prefix(&known).unwrap_or(&line).trim_matches(['<', '>']).replace("><", " ")
}

#[test]
fn zsh_completes_our_words_and_leaves_others() {
    if !has("zsh") {
        return;
    }
    let home = Folder::new();
    let shell = &mut zsh(
        &home,
        "_former() { compadd vm network }; compdef _former az; _kid() { compadd at-$CURRENT }; compdef _kid kid",
    );
    assert_eq!(zsh_offers(shell, "az communication user-identity token rev"), "revoke revoke-batch");
    assert_eq!(zsh_offers(shell, "az -o table communication user-identity token g"), "get-for-teams-user");
    assert_eq!(zsh_offers(shell, "az communication user-identity -"), "--help -h");
    assert_eq!(zsh_offers(shell, "az communication identity token issue -o t"), "table tsv");
    assert_eq!(zsh_offers(shell, "az communication identity token issue --output=ta"), "--output=table");
    assert_eq!(zsh_offers(shell, "az communication user-identity token issue --user "), "");
    assert!(zsh_offers(shell, "az communication emulator start --data-dir di").starts_with("dir"));
    assert!(
        zsh_offers(shell, "az communication user-identity token issue --token @dir/data.").ends_with("@dir/data.json")
    );
    // Others.
    assert_eq!(zsh_offers(shell, "az vm "), "network vm");
    assert_eq!(zsh_offers(shell, "az v"), "vm");
    assert_eq!(zsh_offers(shell, "az c"), "communication");
    shell.run("source completion.zsh");
    assert_eq!(zsh_offers(shell, "az v"), "vm");
    // The command of `emulator run`.
    assert_eq!(zsh_offers(shell, "az communication emulator run -- kid "), "at-2");
    assert_eq!(zsh_offers(shell, "az communication emulator run -- unam"), "uname");
}

/// The Azure CLI's script is bash's, which bashcompinit runs.
#[test]
fn a_plain_zsh_needs_no_compinit_before() {
    if !has("zsh") {
        return;
    }
    let home = Folder::new();
    script(&home, "zsh");
    let mut command = Command::new("zsh");
    command.args(["-f", "-c", "source <(cat completion.zsh); print -r -- $_comps[az]"]).current_dir(home.path());
    command.env_clear().env("HOME", home.path()).env("PATH", "/usr/bin:/bin").stdin(std::process::Stdio::null());
    let output = command.output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "_az_communication\n", "{output:?}");
}

#[test]
fn zsh_leaves_other_words_to_a_completion_of_bash() {
    if !has("zsh") {
        return;
    }
    let home = Folder::new();
    let before = "autoload -U +X bashcompinit && bashcompinit; _former() { COMPREPLY=(vm network) }; complete -o nospace -F _former az";
    let shell = &mut zsh(&home, before);
    assert_eq!(zsh_offers(shell, "az v"), "vm");
    assert_eq!(zsh_offers(shell, "az communication user-identity token rev"), "revoke revoke-batch");
}

// ---- fish ----

/// What fish offers behind these words, without descriptions.
fn fish_offers(home: &Folder, before: &str, words: &str) -> String {
    let mut command = Command::new("fish");
    command.args(["--no-config", "-c", &format!("{before}\nsource completion.fish\ncomplete -C '{words}'")]);
    command.current_dir(home.path()).env_clear().env("HOME", home.path()).env("PATH", "/usr/bin:/bin");
    let output = command.output().unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let mut words: Vec<&str> = text.lines().map(|line| line.split('\t').next().unwrap()).collect();
    words.sort_unstable();
    words.join(" ")
}

#[test]
fn fish_completes_our_words_and_leaves_others() {
    if !has("fish") {
        return;
    }
    let home = Folder::new();
    script(&home, "fish");
    let former = "complete -c az -n '__fish_seen_subcommand_from vm' -f -a 'create list'; complete -c az -n __fish_use_subcommand \
        -f -a vm; complete -c kid -f -a 'one two'";
    let offers = |words: &str| fish_offers(&home, former, words);
    assert_eq!(offers("az communication user-identity token rev"), "revoke revoke-batch");
    assert_eq!(offers("az -o table communication user-identity token g"), "get-for-teams-user");
    assert_eq!(offers("az communication user-identity -"), "--help -h");
    assert_eq!(offers("az communication identity token issue -o t"), "table tsv");
    assert_eq!(offers("az communication identity token issue --output=ta"), "--output=table");
    assert_eq!(offers("az communication user-identity token issue --user "), "");
    assert_eq!(offers("az communication emulator start --data-dir di"), "dir/");
    assert_eq!(offers("az communication user-identity token issue --token @dir/data."), "@dir/data.json");
    assert_eq!(offers("az vm "), "create list");
    assert_eq!(offers("az v"), "vm");
    assert_eq!(offers("az comm"), "communication");
    assert_eq!(offers("az communication emulator run -- kid "), "one two");
    assert_eq!(offers("az communication emulator run --port 0 kid t"), "two");
    assert!(offers("az communication emulator run -- unam").contains("uname"));
}

/// As a file of fish's own folder it stands before that of the Azure CLI, which fish would not read any more.
#[test]
fn fish_reads_the_file_that_ours_stands_before() {
    if !has("fish") {
        return;
    }
    let home = Folder::new();
    script(&home, "fish");
    std::fs::create_dir_all(home.path().join("a/completions")).unwrap();
    std::fs::copy(home.path().join("completion.fish"), home.path().join("a/completions/az.fish")).unwrap();
    home.write("b/completions/az.fish", "complete -c az -f -a vm\n");
    // fish completes programs only that are there.
    std::fs::create_dir(home.path().join("bin")).unwrap();
    std::os::unix::fs::symlink(support::AZ, home.path().join("bin/az")).unwrap();
    let path = home.path().display();
    let line = format!("set fish_complete_path {path}/a/completions {path}/b/completions; complete -C 'az '");
    let mut command = Command::new("fish");
    command.args(["--no-config", "-c", &line]).current_dir(home.path()).env_clear();
    command.env("HOME", home.path()).env("PATH", format!("{path}/bin:/usr/bin:/bin"));
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("communication\t") && text.lines().any(|line| line == "vm"), "{text}");
}

#[test]
fn scripts_are_written_in_their_shells_language() {
    let home = Folder::new();
    for (shell, check) in [("bash", "-n"), ("zsh", "-n"), ("fish", "-n")] {
        script(&home, shell);
        if has(shell) {
            let status = Command::new(shell).arg(check).arg(home.path().join(format!("completion.{shell}"))).status();
            assert!(status.unwrap().success(), "{shell}");
        }
    }
}
