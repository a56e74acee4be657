//! How long a command took, for `--verbose`.

use std::ffi::OsString;
use std::sync::OnceLock;
use std::time::Instant;

static STARTED: OnceLock<Instant> = OnceLock::new();
static READY: OnceLock<Instant> = OnceLock::new();

/// The process has started with these words. The clock is read where they may ask for the line: its page of the kernel's
/// memory is not mapped otherwise, which each start would pay for.
pub fn started(words: &[OsString]) {
    let may_ask = |word: &OsString| {
        let word = word.as_encoded_bytes();
        word.starts_with(b"--v") || word.starts_with(b"--d")
    };
    if words.iter().any(may_ask) {
        let _ = STARTED.set(Instant::now());
    }
}

/// The configuration is read, and the line will be shown or logged; the command line is looked at next. Where only the
/// configuration asks for the line, the time before this is not known and counts as none.
pub fn ready() {
    let now = Instant::now();
    let _ = STARTED.set(now);
    let _ = READY.set(now);
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
