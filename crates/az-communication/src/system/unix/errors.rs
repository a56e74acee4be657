//! What the system's errors mean.

use std::io;

use rustix::io::Errno;

use crate::system::Limit;

/// A file that can always be opened.
pub const NULL_DEVICE: &str = "/dev/null";

/// The limit that an error is about.
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

/// Whether a stream is closed, or open for the other direction.
pub fn is_not_open(error: &io::Error) -> bool {
    Errno::from_io_error(error) == Some(Errno::BADF)
}

/// Whether a file is not a program of this system.
pub fn is_not_a_program(error: &io::Error) -> bool {
    Errno::from_io_error(error) == Some(Errno::NOEXEC)
}
