//! Which signals this process ignores. A signal that was ignored at the start stays ignored: a shell starts a script's
//! background commands with SIGINT ignored, and `nohup` ignores SIGHUP. A handler would undo that, here and in the programs
//! that we start.

/// The signals that this process ignores, a bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ignored(u64);

impl Ignored {
    /// Asks the system. None where it does not say: outside Linux, and where /proc is missing.
    pub fn now() -> Self {
        Self(if cfg!(target_os = "linux") { set_in(&status()) } else { 0 })
    }

    /// Whether that signal is ignored.
    pub fn has(self, signal: i32) -> bool {
        let shift = u32::try_from(signal - 1).ok();
        shift.and_then(|shift| 1_u64.checked_shl(shift)).is_some_and(|bit| self.0 & bit != 0)
    }
}

/// The first part of `/proc/self/status`, which is about 1,500 bytes long.
fn status() -> [u8; 4096] {
    use std::io::Read as _;
    let mut text = [0; 4096];
    if let Ok(mut file) = std::fs::File::open("/proc/self/status") {
        let _ = file.read(&mut text);
    }
    text
}

/// The set in the text of `/proc/self/status`.
fn set_in(text: &[u8]) -> u64 {
    const NAME: &[u8] = b"\nSigIgn:\t";
    let Some(at) = memchr::memmem::find(text, NAME) else { return 0 };
    let digits = text[at + NAME.len()..].split(|byte| !byte.is_ascii_hexdigit()).next().unwrap_or_default();
    std::str::from_utf8(digits).ok().and_then(|digits| u64::from_str_radix(digits, 16).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_set_is_read_from_the_status() {
        let text = b"Name:\tSigIgn\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000001002\nSigCgt:\t0000000000000440\n";
        let set = Ignored(set_in(text));
        for (signal, ignored) in [(1, false), (2, true), (13, true), (15, false), (64, false), (0, false), (65, false)]
        {
            assert_eq!(set.has(signal), ignored, "{signal}");
        }
        assert_eq!(set_in(b""), 0);
        assert_eq!(set_in(b"\nSigIgn:\tzz"), 0);
    }
}
