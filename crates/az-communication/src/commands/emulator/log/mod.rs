//! The log of the emulator: writes the events of the library to stderr as lines.

mod line;
mod queue;
mod subscriber;

use std::fs::File;
use std::io::{self, Write};
use std::time::Duration;

use tracing::Dispatch;

use self::queue::Queue;
use self::subscriber::Lines;
use crate::system;

pub(crate) use self::line::Format;

/// There is one log for the process, because events about certificates and stores occur before an emulator exists.
static QUEUE: Queue = Queue::new();

/// How long a command waits at its end until the log is written.
const FLUSH: Duration = Duration::from_millis(200);

/// Starts to write the log to stderr.
pub(crate) fn start(format: Format) {
    // If the process cannot open another file, there is no log.
    if let Ok(stderr) = system::duplicate_of_stderr() {
        QUEUE.write_to(Stderr(stderr), format);
        // A process has one log, which is started once, so this cannot fail.
        let _ = tracing::dispatcher::set_global_default(Dispatch::new(Lines { queue: &QUEUE, format }));
        acs_identity_emulator::log_panics();
    }
}

/// Returns how many lines were dropped since the start, because the log was not read.
pub(crate) fn dropped() -> u64 {
    QUEUE.dropped_in_all()
}

/// Writes the queued lines, so that they come before the next message.
pub(crate) fn flush() {
    QUEUE.flush(FLUSH);
}

/// A separate file for stderr. A blocking write to `io::Stderr` would hold its lock, and block all other threads that
/// print.
struct Stderr(File);

impl Write for Stderr {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match self.0.write(bytes) {
                // Another program that shares the stream may have made it non-blocking.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => system::wait_to_write(&self.0),
                result => return result,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::env;
    use std::process::Command;
    use std::thread;

    use super::*;

    /// This runs in a process of its own, because the panic hook and the log are global to the process.
    #[test]
    fn a_panic_is_logged_as_one_line_and_not_printed() {
        const LOGGED: &str = "AZ_TEST_PANIC_IS_LOGGED";
        if env::var_os(LOGGED).is_some() {
            start(Format::Text);
            assert!(thread::spawn(|| panic!("two\nlines")).join().is_err());
            return QUEUE.flush(Duration::from_secs(10));
        }
        let name = "commands::emulator::log::tests::a_panic_is_logged_as_one_line_and_not_printed";
        let mut test = Command::new(env::current_exe().unwrap());
        let output = test.args(["--exact", name, "--nocapture"]).env(LOGGED, "1").output().unwrap();
        let logged = String::from_utf8(output.stderr).unwrap();
        assert!(logged.contains(" ERROR internal error: panicked at ") && logged.lines().count() == 1, "{logged}");
        assert!(logged.ends_with("two\\nlines\n"), "{logged}");
    }
}
