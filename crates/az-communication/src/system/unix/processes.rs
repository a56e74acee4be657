//! Other processes.

use std::ffi::OsStr;
use std::io;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _, parent_id};
use std::process::{Child, Command, ExitStatus};

use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process, setsid, test_kill_process};

/// Returns the signal that ended a process.
pub fn exit_signal(status: ExitStatus) -> Option<i32> {
    status.signal()
}

/// Checks whether no process has this id.
pub fn has_ended(process: i32) -> bool {
    Pid::from_raw(process).is_some_and(|process| test_kill_process(process) == Err(Errno::SRCH))
}

/// Whether another program can replace this process.
pub const REPLACES: bool = true;

/// Replaces this process by another program. Returns only if that failed.
pub fn replace(command: &mut Command) -> io::Error {
    let error = command.exec();
    if Errno::from_io_error(&error) != Some(Errno::NOEXEC) {
        return error;
    }
    // The file is a script without `#!`. Shells run such a script with /bin/sh, but some C libraries do not.
    let mut shell = Command::new("/bin/sh");
    shell.arg(command.get_program()).args(command.get_args());
    shell.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell.exec()
}

/// Sets the name that a program is called by.
pub fn call_by(command: &mut Command, name: &OsStr) {
    command.arg0(name);
}

/// Puts a program into a process group of its own, so that Ctrl-C at the terminal does not reach it.
pub fn own_group(command: &mut Command) {
    command.process_group(0);
}

/// Leaves the session of the shell. This fails for the leader of a process group. Such a process was started in another
/// way and needs no new session.
pub fn leave_session() {
    let _ = setsid();
}

/// Checks whether this process is a child of the given process.
pub fn may_be_child_of(process: u32) -> bool {
    parent_id() == process
}

/// Asks a process to end cleanly. Returns whether the system supports that.
pub fn ask_to_end(child: &Child) -> bool {
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let _ = kill_process(pid, Signal::TERM);
    }
    true
}
