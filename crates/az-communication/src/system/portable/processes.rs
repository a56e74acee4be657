//! Other processes.

use std::io;
use std::process::{Command, ExitStatus};

/// Without signals, every process ends with an exit code.
pub fn exit_signal(_: ExitStatus) -> Option<i32> {
    None
}

/// Whether another program can take the place of this process. It is run as a child instead.
pub const REPLACES: bool = false;

/// Not on this system.
pub fn replace(_: &mut Command) -> io::Error {
    io::ErrorKind::Unsupported.into()
}
