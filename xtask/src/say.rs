//! Messages on stderr.

use std::time::Instant;

use crate::error::Error;

/// Runs a step, and prints how long it took.
///
/// # Errors
///
/// When the step fails.
pub fn step<T>(what: &str, step: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    let start = Instant::now();
    eprintln!("{what}…");
    let result = step()?;
    eprintln!("{what}: {:.1} s", start.elapsed().as_secs_f64());
    Ok(result)
}

/// Formats a number of bytes.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..100_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.2} MB", bytes as f64 / 1e6),
    }
}
