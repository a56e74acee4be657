//! Limits of the system that a process meets, in words.

use std::fs::File;
use std::io;

use crate::error::CliError;
use crate::platform::Platform;
use crate::system::{self, Limit};

/// What to do where an error says that a limit was reached.
pub fn advice(error: &io::Error) -> Option<&'static str> {
    system::limit(error).map(|limit| Platform::HERE.advice(limit))
}

/// The error of a process that may not open another file now. For error paths, where files that could not be opened were left
/// out.
pub fn of_files() -> Option<io::Error> {
    File::open(system::NULL_DEVICE).err().filter(is_of_files)
}

/// Whether the process, or the machine, has too many open files.
pub fn is_of_files(error: &io::Error) -> bool {
    matches!(system::limit(error), Some(Limit::FilesOfProcess | Limit::FilesOfMachine))
}

/// Adds the advice about a limit to an error, where it was one.
pub fn explain(described: CliError, error: &io::Error) -> CliError {
    match advice(error) {
        Some(advice) => described.hint(advice),
        None => described,
    }
}
