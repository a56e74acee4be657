//! The programs that a command starts.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use crate::error::Error;

/// Returns a program that runs in the repository. The variables that `cargo run` sets about this crate are removed,
/// because tests would use them.
pub fn command(root: &Path, program: impl Into<OsString>) -> Command {
    let mut command = Command::new(program.into());
    command.current_dir(root);
    for (name, _) in std::env::vars_os() {
        if is_about_this_crate(&name.to_string_lossy()) {
            command.env_remove(name);
        }
    }
    command
}

fn is_about_this_crate(name: &str) -> bool {
    name == "CARGO"
        || name == "LD_LIBRARY_PATH"
        || name.starts_with("CARGO_PKG_")
        || name.starts_with("CARGO_MANIFEST_")
}

/// Returns a command line whose words contain no blanks.
pub fn line(root: &Path, line: &str) -> Command {
    let mut words = line.split_whitespace();
    let mut command = command(root, words.next().unwrap_or_default());
    command.args(words);
    command
}

/// Runs a program to its end.
///
/// # Errors
///
/// When it cannot be started, or fails.
pub fn run(command: &mut Command) -> Result<(), Error> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.status().map_err(|error| Error::new(format!("{name} cannot be started: {error}")))?;
    if status.success() { Ok(()) } else { Err(Error::new(format!("{name} failed: {status}."))) }
}

#[cfg(test)]
mod tests {
    use super::{is_about_this_crate, line, run};

    #[test]
    fn a_child_does_not_learn_about_this_crate() {
        for name in ["CARGO", "CARGO_PKG_NAME", "CARGO_MANIFEST_DIR", "LD_LIBRARY_PATH"] {
            assert!(is_about_this_crate(name), "{name}");
        }
        for name in ["CARGO_HOME", "PATH", "RUST_TEST_THREADS"] {
            assert!(!is_about_this_crate(name), "{name}");
        }
    }

    #[test]
    fn a_child_that_fails_is_an_error() {
        let root = std::path::Path::new("/");
        assert!(run(&mut line(root, "true")).is_ok());
        assert_eq!(run(&mut line(root, "false")).unwrap_err().to_string(), "false failed: exit status: 1.");
    }
}
