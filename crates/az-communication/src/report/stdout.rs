//! Writing to stdout, and checking beforehand whether a write can succeed.

use std::io;
use std::time::Duration;

use crate::report::error::CliError;
use crate::system;
use crate::system::system_text;

/// Writes to stdout. A closed pipe is not an error.
///
/// # Errors
///
/// When stdout is closed, or when its disk is full.
pub fn print(text: impl AsRef<[u8]>) -> Result<(), CliError> {
    match system::write_to_stdout(text.as_ref()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(unwritable(&error)),
        _ => Ok(()),
    }
}

/// Writes a part of a result to stdout. The caller stops if no one reads the result.
///
/// # Errors
///
/// When stdout cannot be written. This includes a closed pipe.
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

/// Checks whether a short line can be written without waiting for the reader of stdout. Waits for the reader for at
/// most this time.
pub fn is_read(most: Duration) -> bool {
    system::is_stdout_writable(most)
}

/// Returns the error of a line that is not written because there is no reader.
pub fn unread() -> CliError {
    CliError::new("stdout cannot be written: no program reads it.")
}

/// Checks that stdout can be written, so that a command does not create a result that it cannot print.
///
/// # Errors
///
/// When stdout is closed or not open for writing, or when its device or disk is full.
pub fn check() -> Result<(), CliError> {
    system::check_stdout().map_err(|error| unwritable(&error))
}

fn unwritable(error: &io::Error) -> CliError {
    let reason = match error.kind() {
        io::ErrorKind::BrokenPipe => "its reader has closed it".to_owned(),
        _ if system::is_not_open(error) => "it is closed, or not open for writing".to_owned(),
        _ => system_text(error),
    };
    CliError::new(format!("stdout cannot be written: {reason}."))
}
