//! The limit of open files, of which each connection needs one.

use crate::report::error::CliError;
use crate::system;

/// Raises the limit of open files to the maximum that the system allows, because each connection needs one. The usual
/// soft limit of 1,024 is meant for programs that use `select`.
pub(crate) fn raise_file_limit() {
    system::raise_file_limit();
}

/// Refuses a limit of open files that leaves no room for connections.
///
/// # Errors
///
/// Fails when the limit is too low.
pub(crate) fn check_file_limit() -> Result<(), CliError> {
    /// Three streams, the signals, the listeners, the event queue, the database with its log and its readers, and a few
    /// connections.
    const NEEDED: u64 = 32;
    match system::file_limit().filter(|limit| *limit < NEEDED) {
        Some(limit) => Err(CliError::new(format!(
            "The emulator cannot start: this process may open {limit} files, and {NEEDED} are needed."
        ))
        .hint("Raise the limit: ulimit -n 1024")),
        None => Ok(()),
    }
}
