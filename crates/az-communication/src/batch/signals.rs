//! Ctrl-C, SIGTERM and SIGHUP: the first one asks a command to end in its own way, the second one to end at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crate::report::exit_code::ExitCode;
use crate::report::prompt;
use crate::system::Interrupts;
use crate::transport::http::wait::waiting;

/// Whether the user wants the command to end.
#[derive(Debug, Clone)]
pub(crate) struct Signals {
    caught: Arc<AtomicBool>,
    /// Those that were not ignored when the process started. The others stay ignored.
    signals: Interrupts,
}

impl Signals {
    fn new() -> Self {
        prompt::handle_interrupt();
        Self { caught: Arc::new(AtomicBool::new(false)), signals: Interrupts::all() }
    }

    /// Leaves the first signal to the command from here on. The second one ends the process: what is done is recorded.
    pub(crate) fn catch() -> Self {
        let caught = Self::new();
        caught.second_ends();
        caught
    }

    /// From here on, the first signal is noted, and each one after it ends the process.
    fn second_ends(&self) {
        let code = i32::from(ExitCode::Interrupted.number());
        self.signals.end_if(&self.caught, code);
        self.signals.set(&self.caught);
    }

    /// Whether a signal came.
    pub(crate) fn came(&self) -> bool {
        self.caught.load(Ordering::Relaxed)
    }

    /// Does something that waits for the service and whose results are only in memory. The first signal ends its waits, and
    /// gives an answer under way some seconds; the second one ends that, too. The process goes on, so that the results can be
    /// shown. `work` is told of a signal by the flag.
    pub(crate) fn while_watched<T>(work: impl FnOnce(&AtomicBool) -> T) -> T {
        const TICK: Duration = Duration::from_millis(50);
        let signals = Self::new();
        let (came, done) = (AtomicBool::new(false), AtomicBool::new(false));
        // Handlers set `heard`, and the watcher takes it back, so that it hears the second signal.
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
                // The system has no more threads: the second signal ends the process.
                signals.second_ends();
            }
            let result = work(if watcher.is_ok() { &came } else { &signals.caught });
            done.store(true, Ordering::Relaxed);
            if let Ok(watcher) = watcher {
                watcher.thread().unpark();
                // The results are about to be shown. The next signal lets that be done.
                signals.second_ends();
            }
            result
        })
    }
}
