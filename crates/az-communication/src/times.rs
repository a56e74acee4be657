//! How long a command took, for `--verbose`.

use std::sync::OnceLock;
use std::time::Instant;

static STARTED: OnceLock<Instant> = OnceLock::new();
static READY: OnceLock<Instant> = OnceLock::new();

/// The process has started.
pub fn started() {
    let _ = STARTED.set(Instant::now());
}

/// The configuration is read; the command line is looked at next.
pub fn ready() {
    let _ = READY.set(Instant::now());
}

/// The reference's line.
pub fn line() -> String {
    let now = Instant::now();
    let started = STARTED.get().copied().unwrap_or(now);
    let ready = READY.get().copied().unwrap_or(now);
    format!(
        "Command ran in {:.3} seconds (init: {:.3}, invoke: {:.3})",
        (now - started).as_secs_f64(),
        (ready - started).as_secs_f64(),
        (now - ready).as_secs_f64()
    )
}
