//! The meaning of the system's errors.

use std::io;

use rustix::io::Errno;

use crate::system::kinds::Limit;

/// A file that can always be opened.
pub const NULL_DEVICE: &str = "/dev/null";

/// Returns the limit that an error is about.
pub fn limit(error: &io::Error) -> Option<Limit> {
    Some(match Errno::from_io_error(error)? {
        Errno::MFILE => Limit::FilesOfProcess,
        Errno::NFILE => Limit::FilesOfMachine,
        Errno::AGAIN => Limit::Processes,
        Errno::NOMEM => Limit::Memory,
        Errno::NOSPC | Errno::DQUOT => Limit::Disk,
        _ => return None,
    })
}

/// Checks whether an error says that a stream is closed or open only for the other direction.
pub fn is_not_open(error: &io::Error) -> bool {
    Errno::from_io_error(error) == Some(Errno::BADF)
}

/// Checks whether an error says that a file is not a program for this system.
pub fn is_not_a_program(error: &io::Error) -> bool {
    Errno::from_io_error(error) == Some(Errno::NOEXEC)
}
