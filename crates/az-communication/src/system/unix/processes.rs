//! Other processes.

use std::ffi::OsStr;
use std::io;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _, parent_id};
use std::process::{Child, Command, ExitStatus};

use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process, setsid, test_kill_process};

/// The signal that ended a process.
pub fn exit_signal(status: ExitStatus) -> Option<i32> {
    status.signal()
}

/// Whether no process has that number.
pub fn has_ended(process: i32) -> bool {
    Pid::from_raw(process).is_some_and(|process| test_kill_process(process) == Err(Errno::SRCH))
}

/// Whether another program can take the place of this process.
pub const REPLACES: bool = true;

/// Puts another program in the place of this process. It returns where that failed.
pub fn replace(command: &mut Command) -> io::Error {
    let error = command.exec();
    if Errno::from_io_error(&error) != Some(Errno::NOEXEC) {
        return error;
    }
    // A script without `#!`, and a C library that does not do what shells do.
    let mut shell = Command::new("/bin/sh");
    shell.arg(command.get_program()).args(command.get_args());
    shell.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell.exec()
}

/// Gives a program the name that it is called by.
pub fn call_by(command: &mut Command, name: &OsStr) {
    command.arg0(name);
}

/// Leaves the session of the shell. A process that leads a group already cannot; then it has been called otherwise.
pub fn leave_session() {
    let _ = setsid();
}

/// Whether this process is a child of that one.
pub fn may_be_child_of(process: u32) -> bool {
    parent_id() == process
}

/// Asks a process to end in its own way; whether that is possible.
pub fn ask_to_end(child: &Child) -> bool {
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let _ = kill_process(pid, Signal::TERM);
    }
    true
}
