//! The meaning of the system's errors.

use std::io::{self, ErrorKind};

use crate::system::kinds::Limit;

/// A file that can always be opened.
pub const NULL_DEVICE: &str = if cfg!(windows) { "NUL" } else { "/dev/null" };

/// Returns the limit that an error is about.
pub fn limit(error: &io::Error) -> Option<Limit> {
    /// The codes `ERROR_TOO_MANY_OPEN_FILES` and `WSAEMFILE`.
    const FILES: [i32; 2] = [4, 10024];
    if cfg!(windows) && error.raw_os_error().is_some_and(|code| FILES.contains(&code)) {
        return Some(Limit::FilesOfProcess);
    }
    match error.kind() {
        ErrorKind::OutOfMemory => Some(Limit::Memory),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Some(Limit::Disk),
        _ => None,
    }
}

/// Returns `false`: the standard library reports success for a write to a closed stream.
pub fn is_not_open(_: &io::Error) -> bool {
    false
}

/// Checks whether an error says that a file is not a program for this system.
pub fn is_not_a_program(error: &io::Error) -> bool {
    const ERROR_BAD_EXE_FORMAT: i32 = 193;
    cfg!(windows) && error.raw_os_error() == Some(ERROR_BAD_EXE_FORMAT)
}
