//! Tests of the completion in bash.

use super::*;
use crate::support::listed;
use insta::assert_snapshot;

/// Starts bash with its readline. M-* inserts all completions into the line.
pub fn start(home: &Folder) -> Shell {
    let mut shell = Shell::start(&mut interactive(home, "bash", &["--norc", "--noprofile", "-i"]));
    shell.run("show() { local n=$1; shift; printf 'sho''wn %s:' \"$n\"; printf '<%s>' \"$@\"; echo ':e''nd'; }");
    shell.run("bind 'set bell-style none'; bind 'set enable-bracketed-paste off'; bind 'set completion-query-items 0'");
    shell
}

/// Starts bash, runs this command, and then reads the script.
fn bash(home: &Folder, before: &str) -> Shell {
    script(home, "bash");
    let mut shell = start(home);
    shell.run(before);
    shell.run("source completion.bash");
    shell
}

/// Returns all words that bash offers after these words.
pub fn offers(shell: &mut Shell, words: &str) -> String {
    let line = shell.line(&format!("{words}\x1b*"));
    added(&line, words)
}

/// Returns the words that bash offers after each of these lines.
fn offered<T: AsRef<str>>(before: &str, lines: &[T]) -> String {
    let home = Folder::new();
    let mut shell = bash(&home, before);
    all(lines, |line| offers(&mut shell, line))
}

/// The same with a word in place of all names below these groups.
fn offered_without_names<T: AsRef<str>>(lines: &[T]) -> String {
    let names = |group: &str| listed::names(&format!("communication {group}")).join(" ");
    let offered = offered("true", lines).replace(&names("user-identity token"), "NAMES-OF-TOKEN");
    offered.replace(&names("user-identity"), "NAMES")
}

#[test]
fn commands_and_options_are_offered() {
    let lines = [
        "az ",
        "az -",
        "az comm",
        "az communication user-identity ",
        "az communication user-identity -",
        "az communication user-identity token ",
        "az communication user-identity token g",
        "az communication user-identity token issue --s",
        "az communication user-identity token issue --scope chat --us",
    ];
    assert_snapshot!(offered_without_names(&lines), @"
    az  → --help -h communication
    az - → --help -h
    az comm → communication
    az communication user-identity  → --help -h NAMES
    az communication user-identity - → --help -h
    az communication user-identity token  → --help -h NAMES-OF-TOKEN
    az communication user-identity token g → get-for-teams-user
    az communication user-identity token issue --s → --scope --subscription
    az communication user-identity token issue --scope chat --us → --user
    ");
}

#[test]
fn options_may_stand_before_and_between_the_words() {
    let lines = [
        "az -o table communication user-identity token g",
        "az --output=table --verbose communication user-identity token g",
        "az -o table communication user-identity ",
    ];
    assert_snapshot!(offered_without_names(&lines), @"
    az -o table communication user-identity token g → get-for-teams-user
    az --output=table --verbose communication user-identity token g → get-for-teams-user
    az -o table communication user-identity  → --help -h NAMES
    ");
}

#[test]
fn values_are_offered() {
    let lines = [
        "az communication identity token issue -o t",
        "az communication identity token issue -o ",
        "az communication identity token issue --output=",
        "az communication identity token issue --output=ta",
        "az communication user-identity token issue --scope chat ",
        "az communication completion b",
    ];
    let mut formats = listed::formats().to_vec();
    formats.sort_unstable();
    assert_snapshot!(offered("true", &lines).replace(&formats.join(" "), "FORMATS"), @"
    az communication identity token issue -o t → table tsv
    az communication identity token issue -o  → FORMATS
    az communication identity token issue --output= → --output=FORMATS
    az communication identity token issue --output=ta → --output=table
    az communication user-identity token issue --scope chat  → chat chat.join chat.join.limited voip voip.join
    az communication completion b → bash
    ");
}

#[test]
fn nothing_is_offered_for_a_value_of_any_form() {
    let issue = "az communication user-identity token issue";
    let lines = ["--user ", "--query ", "--connection-string ", "--expires-in x --user ", "--user=d", "--user d"];
    let lines = lines.map(|option| format!("{issue} {option}"));
    assert_snapshot!(offered("true", &lines), @"
    az communication user-identity token issue --user  → (nothing)
    az communication user-identity token issue --query  → (nothing)
    az communication user-identity token issue --connection-string  → (nothing)
    az communication user-identity token issue --expires-in x --user  → (nothing)
    az communication user-identity token issue --user=d → --user=d
    az communication user-identity token issue --user d → d
    ");
}

#[test]
fn after_a_value_options_are_offered_again() {
    assert_snapshot!(offered("true", &["az communication user-identity token issue --user 8:acs:x --sco"]), @"az communication user-identity token issue --user 8:acs:x --sco → --scope");
}

#[test]
fn variables_and_home_folders_are_completed_in_a_value_of_any_form() {
    let issue = "az communication user-identity token issue --user";
    assert_snapshot!(offered("true", &[format!("{issue} $AZ_TEST_VARI"), format!("{issue} ~roo")]), @"
    az communication user-identity token issue --user $AZ_TEST_VARI → x
    az communication user-identity token issue --user ~roo → /root
    ");
}

/// Returns the result of each line, typed key by key.
fn typed<T: AsRef<str>>(lines: &[T]) -> String {
    let home = Folder::new();
    let mut shell = bash(&home, "true");
    home.write("aad.txt", "");
    home.write("aad two.txt", "");
    home.write("sub/one.txt", "");
    let last = |line: String| line.rsplit_once("><").unwrap().1.trim_end_matches('>').to_owned();
    all(lines, |line| last(shell.line(line))).replace('\t', "⇥")
}

#[test]
fn files_are_completed_where_files_are_named() {
    let lines = [
        "az communication emulator start --data-dir di\t",
        "az communication emulator start --data-dir=di\t",
        "az communication user-identity token issue-batch --users-from dir/data.\t",
        "az communication user-identity token issue-batch --users-from dir/data\\ \t",
    ];
    assert_snapshot!(typed(&lines), @r"
    az communication emulator start --data-dir di⇥ → dir/
    az communication emulator start --data-dir=di⇥ → --data-dir=dir/
    az communication user-identity token issue-batch --users-from dir/data.⇥ → dir/data.json
    az communication user-identity token issue-batch --users-from dir/data\ ⇥ → dir/data two.json
    ");
}

#[test]
fn files_are_completed_after_an_at_sign() {
    let lines = [
        "az communication user-identity token issue --connection-string @dir/data.\t",
        "az communication user-identity token issue --connection-string=@dir/data.\t",
        "az communication user-identity token issue @dir/data.\t",
    ];
    assert_snapshot!(typed(&lines), @"
    az communication user-identity token issue --connection-string @dir/data.⇥ → @dir/data.json
    az communication user-identity token issue --connection-string=@dir/data.⇥ → --connection-string=@dir/data.json
    az communication user-identity token issue @dir/data.⇥ → @dir/data.json
    ");
}

#[test]
fn each_tab_after_an_at_sign_completes_what_the_one_before_left() {
    let exchange = "az communication user-identity token get-for-teams-user";
    let mut lines = Vec::new();
    for option in ["--aad-token ", "--aad-token="] {
        for keys in ["@a\t.\t", "@a\t\\ \t", "@su\t\t", "@di\tdata.\t", "@di\tdata\\ \t"] {
            lines.push(format!("{exchange} {option}{keys}"));
        }
    }
    assert_snapshot!(typed(&lines), @r"
    az communication user-identity token get-for-teams-user --aad-token @a⇥.⇥ → @aad.txt
    az communication user-identity token get-for-teams-user --aad-token @a⇥\ ⇥ → @aad two.txt
    az communication user-identity token get-for-teams-user --aad-token @su⇥⇥ → @sub/one.txt
    az communication user-identity token get-for-teams-user --aad-token @di⇥data.⇥ → @dir/data.json
    az communication user-identity token get-for-teams-user --aad-token @di⇥data\ ⇥ → @dir/data two.json
    az communication user-identity token get-for-teams-user --aad-token=@a⇥.⇥ → --aad-token=@aad.txt
    az communication user-identity token get-for-teams-user --aad-token=@a⇥\ ⇥ → --aad-token=@aad two.txt
    az communication user-identity token get-for-teams-user --aad-token=@su⇥⇥ → --aad-token=@sub/one.txt
    az communication user-identity token get-for-teams-user --aad-token=@di⇥data.⇥ → --aad-token=@dir/data.json
    az communication user-identity token get-for-teams-user --aad-token=@di⇥data\ ⇥ → --aad-token=@dir/data two.json
    ");
}

/// A completion as argcomplete registers it, with a blank after each word.
const FORMER: &str = "_former() { COMPREPLY=(); local w; for w in vm network comm-former; do case $w in $2*) \
    COMPREPLY+=(\"$w \") ;; esac; done; }; complete -o nospace -o default -F _former az";

#[test]
fn other_words_are_left_to_the_completion_that_was_there() {
    let lines = [
        "az vm ",
        "az v",
        "az comm",
        "az communication chat n",
        "az -o table vm --size n",
        "az communication user-identity token i",
        "az communication user-identity token issue --scope v",
    ];
    assert_snapshot!(offered(FORMER, &lines), @"
    az vm  → comm-former network vm
    az v → vm
    az comm → comm-former communication
    az communication chat n → network
    az -o table vm --size n → network
    az communication user-identity token i → inspect issue issue-batch
    az communication user-identity token issue --scope v → voip voip.join
    ");
}

#[test]
fn the_script_may_be_read_twice() {
    let again = format!("{FORMER}; source completion.bash");
    assert_snapshot!(offered(&again, &["az v", "az communication user-identity token rev"]), @"
    az v → vm
    az communication user-identity token rev → revoke revoke-batch
    ");
}

/// bash-completion reads the file of a program at its first TAB.
#[test]
fn the_completion_that_would_be_loaded_later_is_loaded() {
    let later = "_comp_load() { case $1 in az) _late() { COMPREPLY=(vm); }; complete -F _late az ;; kid) \
        _kid() { COMPREPLY=(one); }; complete -F _kid kid ;; *) return 1 ;; esac; }";
    assert_snapshot!(offered(later, &["az v", "az communication emulator run -- kid "]), @"
    az v → vm
    az communication emulator run -- kid  → one
    ");
}

#[test]
fn the_command_of_a_run_is_completed() {
    let child = "_child() { COMPREPLY=($(compgen -W \"at-$COMP_CWORD sub-${COMP_WORDS[0]}\" -- \"$2\")); }; \
        complete -F _child mychild";
    let mut lines = Vec::new();
    for options in [" --", " --port 0 --", ""] {
        for words in ["unam", "mychild ", "mychild -x --output a", "cat dir/data"] {
            lines.push(format!("az communication emulator run{options} {words}"));
        }
    }
    lines.push("az communication emulator run --por".to_owned());
    assert_snapshot!(offered(child, &lines), @"
    az communication emulator run -- unam → uname
    az communication emulator run -- mychild  → at-1 sub-mychild
    az communication emulator run -- mychild -x --output a → at-3
    az communication emulator run -- cat dir/data → dir/data two.json dir/data.json
    az communication emulator run --port 0 -- unam → uname
    az communication emulator run --port 0 -- mychild  → at-1 sub-mychild
    az communication emulator run --port 0 -- mychild -x --output a → at-3
    az communication emulator run --port 0 -- cat dir/data → dir/data two.json dir/data.json
    az communication emulator run unam → uname
    az communication emulator run mychild  → at-1 sub-mychild
    az communication emulator run mychild -x --output a → at-3
    az communication emulator run cat dir/data → dir/data two.json dir/data.json
    az communication emulator run --por → --port
    ");
}

/// This is the Azure CLI's own completion by argcomplete, for a similar program.
#[test]
#[ignore = "needs Python packages: run scripts/test.sh"]
fn it_works_beside_argcomplete() {
    let python = std::env::var("AZ_TEST_PYTHON").expect("AZ_TEST_PYTHON: run scripts/test.sh");
    let home = Folder::new();
    let program = format!(
        "#!{python}\nimport argparse, argcomplete\np = argparse.ArgumentParser()\ns = p.add_subparsers()\n\
         vm = s.add_parser('vm').add_subparsers()\nvm.add_parser('create').add_argument('--size', choices=['small', 'large'])\n\
         s.add_parser('communication').add_subparsers().add_parser('chat')\nargcomplete.autocomplete(p)\np.parse_args()\n"
    );
    home.program("bin/az", program);
    let register = "import sys; from argcomplete.scripts.register_python_argcomplete import main; main()";
    let output = Command::new(&python).args(["-c", register, "az"]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    home.write("argcomplete.bash", output.stdout);
    let shell = &mut bash(&home, "PATH=$PWD/bin:$PATH; source argcomplete.bash");
    for (words, expected) in [
        ("az vm cr", "create"),
        ("az vm create --size s", "small"),
        ("az v", "vm"),
        ("az communication ch", "chat"),
        ("az communication user-identity token rev", "revoke revoke-batch"),
    ] {
        assert_eq!(offers(shell, words), expected, "{words}");
    }
}
