//! Limits of the system that a process meets, in words.

use std::fs::File;
use std::io;

use super::platform::Platform;
use super::{Limit, NULL_DEVICE, limit};

/// What to do where an error says that a limit was reached.
pub fn advice(error: &io::Error) -> Option<&'static str> {
    limit(error).map(|limit| Platform::HERE.advice(limit))
}

/// The error of a process that may not open another file now. For error paths, where files that could not be opened were left
/// out.
pub fn of_files() -> Option<io::Error> {
    File::open(NULL_DEVICE).err().filter(is_of_files)
}

/// Whether the process, or the machine, has too many open files.
pub fn is_of_files(error: &io::Error) -> bool {
    matches!(limit(error), Some(Limit::FilesOfProcess | Limit::FilesOfMachine))
}
