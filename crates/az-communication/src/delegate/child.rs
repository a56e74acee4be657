//! Runs the real `az` as a child process.

use std::io;
use std::process::{Command, ExitStatus};

use crate::report::exit_code::ExitCode;
use crate::report::prompt;
use crate::system;

/// Runs the command with this process's streams and waits for it. Ctrl-C reaches the child directly.
pub(crate) fn status(command: &mut Command) -> io::Result<ExitCode> {
    prompt::leave_interrupt_to_child();
    command.status().map(code_of)
}

/// Returns the exit code. For a signal, this is the exit code that a shell reports.
fn code_of(status: ExitStatus) -> ExitCode {
    if let Some(signal) = system::exit_signal(status) {
        return ExitCode::Other(u8::try_from(128 + signal).unwrap_or(255));
    }
    ExitCode::Other(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}
