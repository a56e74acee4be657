//! Other processes.

use std::ffi::OsStr;
use std::io;
use std::process::{Child, Command, ExitStatus};

/// Returns `None`: without signals, every process ends with an exit code.
pub fn exit_signal(_: ExitStatus) -> Option<i32> {
    None
}

/// Returns `false`: it is not known, so the process counts as running.
pub fn has_ended(_: i32) -> bool {
    false
}

/// Whether another program can replace this process. On this system, it runs as a child instead.
pub const REPLACES: bool = false;

/// Fails, because this system cannot replace a process.
pub fn replace(_: &mut Command) -> io::Error {
    io::ErrorKind::Unsupported.into()
}

/// Does nothing. A program is always called by the name of its file.
pub fn call_by(_: &mut Command, _: &OsStr) {}

/// Does nothing. Ctrl-C at the terminal also reaches a program of the console.
pub fn own_group(_: &mut Command) {}

/// Does nothing, because this system has no sessions.
pub fn leave_session() {}

/// Checks whether this process may be a child of the given process. The parent is not known, so every process other
/// than 0 is possible.
pub fn may_be_child_of(process: u32) -> bool {
    process != 0
}

/// Returns `false`, because this system cannot ask a process to end.
pub fn ask_to_end(_: &Child) -> bool {
    false
}
