//! Ctrl-C and SIGTERM: the first one asks a command to end in its own way, the second one ends the process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crate::client::waiting;
use crate::disposition::Ignored;
use crate::exit_code::ExitCode;
use crate::prompt;

/// Whether the user wants the command to end.
#[derive(Debug, Clone)]
pub(in crate::commands) struct Signals(Arc<AtomicBool>);

impl Signals {
    /// Leaves the first signal to the command from here on. A signal that was ignored when the process started stays so.
    pub(in crate::commands) fn catch() -> Self {
        let caught = Arc::new(AtomicBool::new(false));
        let ignored = Ignored::now();
        prompt::handle_interrupt();
        let code = i32::from(ExitCode::Interrupted.number());
        let signals = [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM];
        for signal in signals.into_iter().filter(|signal| !ignored.has(*signal)) {
            let _ = signal_hook::flag::register_conditional_shutdown(signal, code, Arc::clone(&caught));
            let _ = signal_hook::flag::register(signal, Arc::clone(&caught));
        }
        Self(caught)
    }

    /// Whether a signal came.
    pub(in crate::commands) fn came(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Does something that waits for the service; a signal ends these waits.
    pub(in crate::commands) fn while_watched<T>(&self, work: impl FnOnce() -> T) -> T {
        const TICK: Duration = Duration::from_millis(50);
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            let watch = || {
                while !done.load(Ordering::Relaxed) {
                    thread::park_timeout(TICK);
                    if self.came() {
                        return waiting().interrupt();
                    }
                }
            };
            // Where the system has no more threads, a wait comes to its end, or a second signal ends the process.
            let watcher = thread::Builder::new().stack_size(64 * 1024).spawn_scoped(scope, watch);
            let result = work();
            done.store(true, Ordering::Relaxed);
            if let Ok(watcher) = watcher {
                watcher.thread().unpark();
            }
            result
        })
    }
}
