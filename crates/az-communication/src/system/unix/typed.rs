//! Ctrl-C, and the other signals that ask a command to end.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::flag::{register, register_conditional_shutdown};

use super::disposition::Ignored;

/// Signals that ask this process to end. Those that were ignored at its start stay ignored.
#[derive(Debug, Clone, Copy)]
pub struct Interrupts {
    signals: &'static [i32],
    ignored: Ignored,
}

impl Interrupts {
    fn of(signals: &'static [i32]) -> Self {
        Self { signals, ignored: Ignored::now() }
    }

    /// Ctrl-C.
    pub fn ctrl_c() -> Self {
        Self::of(&[SIGINT])
    }

    /// All keys that end a process.
    pub fn keys() -> Self {
        Self::of(&[SIGINT, SIGQUIT])
    }

    /// All that ask for an end: Ctrl-C, the system, and the terminal when it is closed.
    pub fn all() -> Self {
        Self::of(&[SIGINT, SIGTERM, SIGHUP])
    }

    fn iter(self) -> impl Iterator<Item = i32> {
        self.signals.iter().copied().filter(move |signal| !self.ignored.has(*signal))
    }

    /// Whether all of them are ignored.
    pub fn is_empty(self) -> bool {
        self.iter().next().is_none()
    }

    /// Each of them sets the flag from here on. A process that is started from here does not inherit that.
    pub fn set(self, flag: &Arc<AtomicBool>) {
        for signal in self.iter() {
            // Without it, the signal ends the process all the same.
            let _ = register(signal, Arc::clone(flag));
        }
    }

    /// Each of them ends the process with that exit code from here on, where the flag is set when it comes.
    pub fn end_if(self, flag: &Arc<AtomicBool>, code: i32) {
        for signal in self.iter() {
            let _ = register_conditional_shutdown(signal, code, Arc::clone(flag));
        }
    }

    /// Does something on a thread each time that one of them comes, because a signal handler may do little. Whether that is
    /// possible.
    pub fn act(self, act: impl Fn() + Send + 'static) -> bool {
        let Ok(mut signals) = signal_hook::iterator::Signals::new(self.iter()) else { return false };
        thread::spawn(move || signals.forever().for_each(|_| act()));
        true
    }
}
