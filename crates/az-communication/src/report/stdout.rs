//! Writing to stdout, and finding out beforehand whether that can work.

use std::io;
use std::time::Duration;

use crate::report::error::CliError;
use crate::system;
use crate::system::system_text;

/// Writes to stdout. A reader that has gone away is not an error.
///
/// # Errors
///
/// When stdout cannot be written: it is closed, or its disk is full.
pub fn print(text: impl AsRef<[u8]>) -> Result<(), CliError> {
    match system::write_to_stdout(text.as_ref()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(unwritable(&error)),
        _ => Ok(()),
    }
}

/// Writes a part of a result to stdout, where the rest is not worth making if nobody reads it.
///
/// # Errors
///
/// When stdout cannot be written, also because its reader has gone away.
pub fn print_part(text: &str) -> Result<(), CliError> {
    system::write_to_stdout(text.as_bytes()).map_err(|error| unwritable(&error))
}

/// Writes a line to stdout.
///
/// # Errors
///
/// When stdout cannot be written.
pub fn print_line(line: &str) -> Result<(), CliError> {
    print(format!("{line}\n"))
}

/// Whether a short line can be written without waiting for whoever reads stdout; waits for it, for that long at most.
pub fn is_read(most: Duration) -> bool {
    system::is_stdout_writable(most)
}

/// Why a line is not written that nobody reads.
pub fn unread() -> CliError {
    CliError::new("stdout cannot be written: nobody reads it.")
}

/// Checks that stdout can be written, before a command does something that could not be shown.
///
/// # Errors
///
/// When stdout is closed or not open for writing, or when its device or disk is full.
pub fn check() -> Result<(), CliError> {
    system::check_stdout().map_err(|error| unwritable(&error))
}

fn unwritable(error: &io::Error) -> CliError {
    let reason = match error.kind() {
        io::ErrorKind::BrokenPipe => "nobody reads it any more".to_owned(),
        _ if system::is_not_open(error) => "it is closed, or not open for writing".to_owned(),
        _ => system_text(error),
    };
    CliError::new(format!("stdout cannot be written: {reason}."))
}
