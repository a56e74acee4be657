//! Limits of the system that a process can reach, in words.

use std::fs::File;
use std::io;

use super::kinds::Limit;
use super::platform::Platform;
#[cfg(any(not(unix), portable_system))]
use super::portable::errors::{NULL_DEVICE, limit};
#[cfg(all(unix, not(portable_system)))]
use super::unix::errors::{NULL_DEVICE, limit};

/// Returns a hint if the error says that a limit was reached.
pub fn advice(error: &io::Error) -> Option<&'static str> {
    limit(error).map(|limit| Platform::HERE.advice(limit))
}

/// Returns an error if this process cannot open another file now. It is used on error paths, after code that ignored
/// files that could not be opened.
pub fn of_files() -> Option<io::Error> {
    File::open(NULL_DEVICE).err().filter(is_of_files)
}

/// Checks whether the process or the machine has too many open files.
pub fn is_of_files(error: &io::Error) -> bool {
    matches!(limit(error), Some(Limit::FilesOfProcess | Limit::FilesOfMachine))
}
