//! Stdout.

use std::io::{self, Write as _};
use std::time::Duration;

/// Writes all bytes.
///
/// # Errors
///
/// When the system refuses.
pub fn write_to_stdout(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes).and_then(|()| stdout.flush())
}

/// Returns `true`, because only a write can show it.
pub fn is_stdout_writable(_: Duration) -> bool {
    true
}

/// Returns success, because only a write can show a problem.
///
/// # Errors
///
/// Never on this system.
pub fn check_stdout() -> io::Result<()> {
    Ok(())
}
