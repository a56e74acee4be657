//! Other processes.

use std::io;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Command, ExitStatus};

use rustix::io::Errno;

/// The signal that ended a process.
pub fn exit_signal(status: ExitStatus) -> Option<i32> {
    status.signal()
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
