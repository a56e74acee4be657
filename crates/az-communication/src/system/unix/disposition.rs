//! The signals that this process ignores. A signal that was ignored at the start stays ignored. For example, a shell
//! starts background commands of a script with SIGINT ignored, and `nohup` ignores SIGHUP. A handler would undo that
//! for this process and for child processes.

use std::fs::{self, File};
use std::io::Read as _;

/// The signals that this process ignores, one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ignored(u64);

const STATUS: &str = "/proc/self/status";

impl Ignored {
    /// Reads the signals from the system. The set is empty if the system does not provide it: outside Linux, and if
    /// /proc is missing.
    pub fn now() -> Self {
        let mut start = [0; 2048];
        let length = File::open(STATUS).and_then(|mut file| file.read(&mut start)).unwrap_or(0);
        let set = set_in(&start[..length]);
        // The list of groups comes first and can have any length, so the set may be outside the buffer.
        Self(set.or_else(|| if length == 0 { None } else { set_in(&fs::read(STATUS).ok()?) }).unwrap_or(0))
    }

    /// Checks whether a signal is ignored.
    pub fn has(self, signal: i32) -> bool {
        let shift = u32::try_from(signal - 1).ok();
        shift.and_then(|shift| 1_u64.checked_shl(shift)).is_some_and(|bit| self.0 & bit != 0)
    }
}

/// Returns the set in the text of `/proc/self/status`.
fn set_in(text: &[u8]) -> Option<u64> {
    const NAME: &[u8] = b"\nSigIgn:\t";
    let at = memchr::memmem::find(text, NAME)? + NAME.len();
    // The last line can be incomplete.
    let length = text[at..].iter().position(|byte| *byte == b'\n')?;
    u64::from_str_radix(std::str::from_utf8(&text[at..at + length]).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ignored_signals_are_read_from_the_status() {
        let text = b"Name:\tSigIgn\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000001002\nSigCgt:\t0000000000000440\n";
        let set = Ignored(set_in(text).unwrap_or_default());
        for (signal, ignored) in [(1, false), (2, true), (13, true), (15, false), (64, false), (0, false), (65, false)]
        {
            assert_eq!(set.has(signal), ignored, "{signal}");
        }
        for incomplete in [&text[..60], b"", b"\nSigIgn:\tzz\n"] {
            assert_eq!(set_in(incomplete), None);
        }
    }
}
