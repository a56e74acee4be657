//! What the system's errors mean.

use std::io::{self, ErrorKind};

use crate::system::Limit;

/// A file that can always be opened.
pub const NULL_DEVICE: &str = if cfg!(windows) { "NUL" } else { "/dev/null" };

/// The limit that an error is about.
pub fn limit(error: &io::Error) -> Option<Limit> {
    /// `ERROR_TOO_MANY_OPEN_FILES` and `WSAEMFILE`.
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

/// Whether a stream is closed. The standard library takes writing to a closed one for a success.
pub fn is_not_open(_: &io::Error) -> bool {
    false
}

/// Whether a file is not a program of this system.
pub fn is_not_a_program(error: &io::Error) -> bool {
    const ERROR_BAD_EXE_FORMAT: i32 = 193;
    cfg!(windows) && error.raw_os_error() == Some(ERROR_BAD_EXE_FORMAT)
}
