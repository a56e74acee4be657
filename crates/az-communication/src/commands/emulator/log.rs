//! The log of the emulator, on stderr.

use std::fs::File;
use std::io::{self, Write};
use std::time::Duration;

use acs_identity_emulator::{flush_log, log_panics, log_to};

use crate::system;

/// How long a command may wait at its end for somebody to read the log.
const FLUSH: Duration = Duration::from_millis(200);

/// Writes the log to stderr from now on.
pub(crate) fn start() {
    // Where no file may be opened, there is no log.
    if let Ok(stderr) = system::duplicate_of_stderr() {
        log_to(Stderr(stderr));
        log_panics();
    }
}

/// What is logged by now comes before what is said next.
pub(crate) fn flush() {
    flush_log(FLUSH);
}

/// A file of its own, because a write to `io::Stderr` that waits for a reader would hold its lock, and with it everybody who
/// has something to say.
struct Stderr(File);

impl Write for Stderr {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match self.0.write(bytes) {
                // Whoever shares the stream may have made it non-blocking.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => system::wait_to_write(&self.0),
                result => return result,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
