//! `golden`: runs the golden cases, or captures them from a real `az`.

#[cfg(unix)]
mod capture;
#[cfg(unix)]
mod compared;
#[cfg(unix)]
mod format;

use std::path::Path;

use crate::child;
use crate::error::Error;
use crate::words::Words;

/// Runs the cases with our program, or captures them from another one.
///
/// # Errors
///
/// When a case fails, or the other program cannot be run.
pub fn run(root: &Path, words: &[String]) -> Result<(), Error> {
    let mut words = Words::new(words);
    #[cfg(unix)]
    if let Some(program) = words.value("--capture")? {
        return capture::run(root, Path::new(&program), words);
    }
    let mut cargo = child::line(root, "cargo test -p az-communication --test golden");
    for (option, variable) in [("--group", "AZ_GOLDEN"), ("--case", "AZ_GOLDEN_CASE")] {
        if let Some(value) = words.value(option)? {
            cargo.env(variable, value);
        }
    }
    words.end()?;
    child::run(&mut cargo)
}
