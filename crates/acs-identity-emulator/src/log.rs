//! The log: lines on stderr with the time in front. Callers keep keys, tokens and signatures out of it.

use std::io::Write as _;

use acs_identity_protocol::time::whole_seconds;
use time::OffsetDateTime;

pub(crate) fn line(level: &str, message: &str) {
    let at = whole_seconds(OffsetDateTime::now_utc());
    // What came from outside must not draw on the terminal.
    let clean: String = message.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    let _ = writeln!(std::io::stderr().lock(), "{at} {level} {clean}");
}

pub(crate) fn info(message: &str) {
    line("INFO ", message);
}

pub(crate) fn warn(message: &str) {
    line("WARN ", message);
}

pub(crate) fn error(message: &str) {
    line("ERROR", message);
}
