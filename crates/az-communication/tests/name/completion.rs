//! The completion scripts complete the name that they are asked under.

use super::*;
use support::shell::Shell;

/// bash with the scripts for both names.
fn bash(home: &Folder) -> Shell {
    for (name, words) in [("az", &["communication", "completion", "bash"][..]), (OWN, &["completion", "bash"])] {
        home.write(&format!("{name}.bash"), seen(called(name, home).args(words)).stdout);
    }
    let mut command = Command::new("bash");
    command.args(["--norc", "--noprofile", "-i"]).current_dir(home.path()).env_clear();
    command.env("HOME", home.path()).env("PATH", "/usr/bin:/bin").env("TERM", "dumb").env("PS1", "").env("PS2", "");
    command.env("INPUTRC", "/dev/null").env("LC_ALL", "C.UTF-8");
    let mut shell = Shell::start(&mut command);
    shell.run("show() { local n=$1; shift; printf 'sho''wn %s:' \"$n\"; printf '<%s>' \"$@\"; echo ':e''nd'; }");
    shell.run("bind 'set bell-style none'; bind 'set enable-bracketed-paste off'; bind 'set completion-query-items 0'");
    shell.run("source az-communication.bash; source az.bash");
    shell
}

#[test]
fn bash_completes_both_names_in_one_shell() {
    let home = Folder::new();
    let shell = &mut bash(&home);
    let mut line = |keys: &str| shell.line(&format!("{keys}\x1b*"));
    for start in ["", "communication ", "communication user-identity ", "user-identity "] {
        let typed: String =
            format!("az-communication {start}").split_whitespace().map(|word| format!("<{word}>")).collect();
        assert_eq!(line(&format!("az-communication {start}token g")), format!("{typed}<token><get-for-teams-user>"));
        assert_eq!(
            line(&format!("az-communication {start}token issue --sc")),
            format!("{typed}<token><issue><--scope>")
        );
    }
    assert_eq!(
        line("az-communication "),
        "<az-communication><--help><-h><completion><doctor><emulator><entra><identity><manual><shim>\
         <teams-extension><token><user>"
    );
    assert_eq!(line("az-communication -o table emulator ru"), "<az-communication><-o><table><emulator><run>");
    assert_eq!(line("az commu"), "<az><communication>");
    assert_eq!(
        line("az communication user-identity token g"),
        "<az><communication><user-identity><token><get-for-teams-user>"
    );
}

#[test]
fn each_script_names_its_program() {
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
        let script = own(&home, &format!("completion {shell}")).stdout;
        assert!(script.lines().any(|own| own == line), "{shell}: {script}");
        assert!(!script.contains("{{") && !script.contains("az communication"), "{shell}");
    }
}

#[test]
fn fish_completes_the_short_words() {
    if Command::new("fish").arg("--version").output().is_err() {
        println!("fish_completes_the_short_words: skipped, because fish is not here");
        return;
    }
    let home = Folder::new();
    home.write("own.fish", own(&home, "completion fish").stdout);
    let offered = |line: &str| {
        let mut fish = support::other_program("fish", &home);
        let output = seen(fish.args(["-N", "-c", &format!("source own.fish; complete -C '{line}'")]));
        output.stdout.lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for start in ["", "communication ", "communication user-identity ", "user-identity "] {
        assert_eq!(offered(&format!("az-communication {start}token g")), ["get-for-teams-user"], "{start}");
    }
    assert_eq!(offered("az-communication emulator ru"), ["run"]);
}

#[test]
fn zsh_reads_the_script() {
    if Command::new("zsh").arg("--version").output().is_err() {
        println!("zsh_reads_the_script: skipped, because zsh is not here");
        return;
    }
    let home = Folder::new();
    home.write("own.zsh", own(&home, "completion zsh").stdout);
    let state = "source own.zsh 2>/dev/null; for line in 'token' 'communication' 'communication user-identity token' \
                 'user-identity user' 'identity user'; do _own_az_communication_state ${=line}; echo \"<$words_path>\"; done";
    let mut zsh = support::other_program("zsh", &home);
    let seen = seen(zsh.args(["-f", "-c", state]));
    assert_eq!(seen.stdout, "<token>\n<>\n<token>\n<user>\n<identity user>\n", "{seen:?}");
}
