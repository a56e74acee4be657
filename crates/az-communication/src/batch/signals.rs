//! Handles Ctrl-C, SIGTERM and SIGHUP. The first signal asks a command to end in an orderly way. The second signal ends
//! it at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crate::report::exit_code::ExitCode;
use crate::report::prompt;
use crate::system::Interrupts;
use crate::transport::http::wait::waiting;

/// Whether the user has interrupted the command.
#[derive(Debug, Clone)]
pub(crate) struct Signals {
    caught: Arc<AtomicBool>,
    /// The signals that were not ignored when the process started. Ignored signals stay ignored.
    signals: Interrupts,
}

impl Signals {
    fn new() -> Self {
        prompt::handle_interrupt();
        Self { caught: Arc::new(AtomicBool::new(false)), signals: Interrupts::all() }
    }

    /// Installs the handlers. The command reacts to the first signal. The second signal ends the process, because the
    /// outcomes are recorded by then.
    pub(crate) fn catch() -> Self {
        let caught = Self::new();
        caught.second_ends();
        caught
    }

    /// Changes the handlers: the first signal is noted, and every later signal ends the process.
    fn second_ends(&self) {
        let code = i32::from(ExitCode::Interrupted.number());
        self.signals.end_if(&self.caught, code);
        self.signals.set(&self.caught);
    }

    /// Checks whether a signal arrived.
    pub(crate) fn came(&self) -> bool {
        self.caught.load(Ordering::Relaxed)
    }

    /// Runs `work`, which waits for the service and keeps its results in memory only. The first signal ends its waits,
    /// and gives requests under way some seconds. The second signal ends these, too. The process continues, so that the
    /// results can be shown. `work` can read from the flag whether a signal arrived.
    pub(crate) fn while_watched<T>(work: impl FnOnce(&AtomicBool) -> T) -> T {
        const TICK: Duration = Duration::from_millis(50);
        let signals = Self::new();
        let (came, done) = (AtomicBool::new(false), AtomicBool::new(false));
        // The handlers set `heard`. The watcher resets it, so that it notices the second signal.
        let heard = Arc::new(AtomicBool::new(false));
        signals.signals.set(&heard);
        thread::scope(|scope| {
            let watch = || {
                while !done.load(Ordering::Relaxed) {
                    thread::park_timeout(TICK);
                    if !heard.swap(false, Ordering::Relaxed) {
                        continue;
                    }
                    if came.swap(true, Ordering::Relaxed) {
                        return waiting().interrupt_at_once();
                    }
                    waiting().interrupt();
                }
            };
            let watcher = thread::Builder::new().stack_size(64 * 1024).spawn_scoped(scope, watch);
            if watcher.is_err() {
                // The system has no more threads, so the second signal ends the process.
                signals.second_ends();
            }
            let result = work(if watcher.is_ok() { &came } else { &signals.caught });
            done.store(true, Ordering::Relaxed);
            if let Ok(watcher) = watcher {
                watcher.thread().unpark();
                // The results are about to be shown. The next signal does not interrupt this.
                signals.second_ends();
            }
            result
        })
    }
}
