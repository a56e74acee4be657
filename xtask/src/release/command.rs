//! Runs other programs.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::error::Error;

/// Runs a program, and returns its stdout. Its stderr is passed on.
///
/// # Errors
///
/// When it cannot be started, fails, or writes something other than text.
pub fn output(command: &mut Command) -> Result<String, Error> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| Error::new(format!("{name} cannot be started: {error}")))?;
    if !output.status.success() {
        let words: Vec<_> = command.get_args().map(|word| word.to_string_lossy()).collect();
        return Err(Error::new(format!("{name} {} failed: {}.", words.join(" "), output.status)));
    }
    String::from_utf8(output.stdout).map_err(|_| Error::new(format!("{name} wrote something that is not UTF-8.")))
}

/// Returns `git` in the repository.
pub fn git(root: &Path) -> Command {
    let mut git = Command::new("git");
    git.current_dir(root);
    git
}

/// Returns the `cargo` that runs this program, in the repository, where it reads .cargo/config.toml.
pub fn cargo(root: &Path) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root);
    cargo
}

/// Returns the `rustc` that `cargo` calls.
pub fn rustc() -> Command {
    Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
}

/// Returns the target of the build, which is the target of this machine.
///
/// # Errors
///
/// When rustc does not print it.
pub fn host() -> Result<String, Error> {
    said_by_rustc("host: ")
}

/// Returns the value of a line of `rustc -vV`.
///
/// # Errors
///
/// When rustc does not print it.
pub fn said_by_rustc(label: &str) -> Result<String, Error> {
    let version = output(rustc().arg("-vV"))?;
    let line = version.lines().find_map(|line| line.strip_prefix(label));
    line.map(ToOwned::to_owned).ok_or_else(|| Error::new(format!("rustc -vV has no line '{label}'.")))
}
