//! Stdout.

use std::io::{self, Write as _};
use std::time::Duration;

/// Writes all of it.
///
/// # Errors
///
/// Those of the system.
pub fn write_to_stdout(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes).and_then(|()| stdout.flush())
}

/// It is not known before it is tried.
pub fn is_stdout_writable(_: Duration) -> bool {
    true
}

/// It is not known before it is tried.
///
/// # Errors
///
/// Never here.
pub fn check_stdout() -> io::Result<()> {
    Ok(())
}
