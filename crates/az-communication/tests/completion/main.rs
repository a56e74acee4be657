//! Tests of the completion scripts in the shells themselves: keys are typed, and the resulting line is compared.
#![cfg(unix)]

mod bash;
mod fish;
mod own_name;
mod scripts;
#[path = "../support/mod.rs"]
mod support;
mod zsh;

use std::os::unix::process::CommandExt as _;
use std::process::Command;

use support::seen::run;
use support::shell::Shell;
use support::{Folder, az, other_program};

/// The name that packages install.
const OWN: &str = "az-communication";

/// Checks whether a shell is installed. If it is not, the test is skipped.
fn has(shell: &str) -> bool {
    let found = Command::new("sh").args(["-c", &format!("command -v {shell}")]).output().unwrap().status.success();
    if !found {
        eprintln!("skipped: {shell} is not installed");
    }
    found
}

/// Writes the script for a shell, and files whose names can be completed.
fn script(home: &Folder, shell: &str) {
    let seen = run(az(home).args(["communication", "completion", shell]));
    assert_eq!(seen.code, Some(0), "{seen}");
    home.write(&format!("completion.{shell}"), seen.stdout);
    home.write("dir/data.json", "{}");
    home.write("dir/data two.json", "{}");
}

/// Returns the script of the program under its own name.
fn own_script(home: &Folder, shell: &str) -> String {
    run(az(home).arg0(OWN).args(["completion", shell])).stdout
}

/// Returns an interactive shell without the developer's settings, and without anything that changes its output.
fn interactive(home: &Folder, program: &str, options: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(options).current_dir(home.path()).env_clear();
    command.env("HOME", home.path()).env("PATH", "/usr/bin:/bin").env("TERM", "dumb").env("PS1", "").env("PS2", "");
    command.env("INPUTRC", "/dev/null").env("LC_ALL", "C.UTF-8").env("AZ_TEST_VARIABLE", "x");
    command
}

/// Returns the completions of each line, without the typed words: `line → words`.
fn all<T: AsRef<str>>(lines: &[T], mut offers: impl FnMut(&str) -> String) -> String {
    let one = |line: &T| match offers(line.as_ref()) {
        nothing if nothing.is_empty() => format!("{} → (nothing)\n", line.as_ref()),
        words => format!("{} → {words}\n", line.as_ref()),
    };
    lines.iter().map(one).collect()
}

/// Returns the words of a line in angle brackets that were not typed as whole words.
fn added(line: &str, typed: &str) -> String {
    let words: String = typed.split_whitespace().map(|word| format!("<{word}>")).collect();
    let known = if typed.ends_with(' ') { words } else { words.rsplit_once('<').unwrap().0.to_owned() };
    line.strip_prefix(&known).unwrap_or(line).trim_matches(['<', '>']).replace("><", " ")
}
