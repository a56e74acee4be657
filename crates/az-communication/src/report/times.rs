//! The duration of a command, for `--verbose`.

use std::ffi::OsString;
use std::sync::OnceLock;
use std::time::Instant;

static STARTED: OnceLock<Instant> = OnceLock::new();
static READY: OnceLock<Instant> = OnceLock::new();

/// Records the start of the process with these arguments. The clock is read only if the arguments may ask for the
/// duration, because reading the clock maps another page of the kernel's memory, which costs time at each start.
pub fn started(words: &[OsString]) {
    let may_ask = |word: &OsString| {
        let word = word.as_encoded_bytes();
        word.starts_with(b"--v") || word.starts_with(b"--d")
    };
    if words.iter().any(may_ask) {
        let _ = STARTED.set(Instant::now());
    }
}

/// Records that the configuration is read and that the duration will be shown or logged. Reading the command line comes
/// next. If only the configuration asks for the duration, the time before this call is not known and counts as zero.
pub fn ready() {
    let now = Instant::now();
    let _ = STARTED.set(now);
    let _ = READY.set(now);
}

/// Returns the line in the format of the reference.
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
