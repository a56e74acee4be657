//! Ends the emulator for other reasons than signals: the end of a process, and the end of stdin.

use std::io::{self, Read as _};
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::commands::emulator::options::declared::{PARENT_PID, UNTIL_STDIN_CLOSES};
use crate::commands::emulator::options::read;
use crate::knack::invocation::Invocation;
use crate::knack::values::number;
use crate::knack::variables::Given;
use crate::report::error::CliError;
use crate::system::Process;
use crate::system::system_text;

/// The events for which the emulator waits.
pub(crate) struct Until {
    parent: Option<oneshot::Receiver<()>>,
    stdin: Option<oneshot::Receiver<()>>,
}

impl Until {
    /// Starts to watch the events that the options name.
    ///
    /// # Errors
    ///
    /// Fails when the process does not exist, or cannot be watched.
    pub(crate) fn of(invocation: &Invocation<'_>) -> Result<Self, CliError> {
        let parent = match read::option(invocation, &PARENT_PID)? {
            Some(given) => Some(end_of_process(&given)?),
            None => None,
        };
        let stdin = match read::flag(invocation, &UNTIL_STDIN_CLOSES)? {
            true => Some(on_a_thread(read_stdin, "stdin")?),
            false => None,
        };
        Ok(Self { parent, stdin })
    }

    /// Returns when one of the events has happened. It never returns if there are none.
    pub(crate) async fn end(self) {
        tokio::select! {
            () = come(self.parent) => {}
            () = come(self.stdin) => {}
        }
    }
}

async fn come(end: Option<oneshot::Receiver<()>>) {
    match end {
        Some(end) => drop(end.await),
        None => std::future::pending().await,
    }
}

fn end_of_process(given: &Given) -> Result<oneshot::Receiver<()>, CliError> {
    let pid = number::parse(&given.named_by, &given.value, &(1..=i32::MAX))?;
    let process = Process::of(pid).map_err(|error| {
        let why = system_text(&error);
        CliError::new(format!("{} names process {pid}, which cannot be watched: {why}.", given.named_by))
    })?;
    on_a_thread(move || process.wait(), "The process")
}

/// Runs a blocking call on a thread of its own. The receiver resolves when the call returns.
fn on_a_thread(wait: impl FnOnce() + Send + 'static, what: &str) -> Result<oneshot::Receiver<()>, CliError> {
    const STACK: usize = 64 * 1024;
    let (ended, end) = oneshot::channel();
    let wait = move || {
        wait();
        let _ = ended.send(());
    };
    thread::Builder::new().stack_size(STACK).spawn(wait).map_err(|error| {
        let described = CliError::new(format!("{what} cannot be watched: {}.", system_text(&error)));
        described.advise(&error)
    })?;
    Ok(end)
}

/// Reads stdin to its end. It returns at the end of any kind of stream.
fn read_stdin() {
    let mut stdin = io::stdin().lock();
    loop {
        match stdin.read(&mut [0; 4096]) {
            Ok(1..) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // Another program that shares the stream may have made it non-blocking.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => thread::sleep(Duration::from_millis(100)),
            Ok(0) | Err(_) => return,
        }
    }
}
