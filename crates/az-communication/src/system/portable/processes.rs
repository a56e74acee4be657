//! Other processes.

use std::ffi::OsStr;
use std::io;
use std::process::{Child, Command, ExitStatus};

/// Without signals, every process ends with an exit code.
pub fn exit_signal(_: ExitStatus) -> Option<i32> {
    None
}

/// It is not known, so that the process counts as one that runs.
pub fn has_ended(_: i32) -> bool {
    false
}

/// Whether another program can take the place of this process. It is run as a child instead.
pub const REPLACES: bool = false;

/// Not on this system.
pub fn replace(_: &mut Command) -> io::Error {
    io::ErrorKind::Unsupported.into()
}

/// A program is called by the name of its file.
pub fn call_by(_: &mut Command, _: &OsStr) {}

/// There is no session to leave.
pub fn leave_session() {}

/// Whether this process may be a child of that one. Its parent is not known.
pub fn may_be_child_of(process: u32) -> bool {
    process != 0
}

/// Not on this system.
pub fn ask_to_end(_: &Child) -> bool {
    false
}
