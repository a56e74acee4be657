//! Ctrl-C, and the other signals that ask a command to end.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::flag::{register, register_conditional_shutdown};

use super::disposition::Ignored;

/// Signals that ask this process to end. Signals that were ignored at its start stay ignored.
#[derive(Debug, Clone, Copy)]
pub struct Interrupts {
    signals: &'static [i32],
    ignored: Ignored,
}

impl Interrupts {
    fn of(signals: &'static [i32]) -> Self {
        Self { signals, ignored: Ignored::now() }
    }

    /// Returns Ctrl-C.
    pub fn ctrl_c() -> Self {
        Self::of(&[SIGINT])
    }

    /// Returns the signals of all keys that end a process.
    pub fn keys() -> Self {
        Self::of(&[SIGINT, SIGQUIT])
    }

    /// Returns all signals that ask for an end: from Ctrl-C, from the system, and from a terminal that is closed.
    pub fn all() -> Self {
        Self::of(&[SIGINT, SIGTERM, SIGHUP])
    }

    fn iter(self) -> impl Iterator<Item = i32> {
        self.signals.iter().copied().filter(move |signal| !self.ignored.has(*signal))
    }

    /// Checks whether all of the signals are ignored.
    pub fn is_empty(self) -> bool {
        self.iter().next().is_none()
    }

    /// Makes each signal set the flag from now on. Child processes do not inherit this.
    pub fn set(self, flag: &Arc<AtomicBool>) {
        for signal in self.iter() {
            // If the handler cannot be registered, the signal still ends the process.
            let _ = register(signal, Arc::clone(flag));
        }
    }

    /// Makes each signal end the process with this exit code from now on, if the flag is set at that time.
    pub fn end_if(self, flag: &Arc<AtomicBool>, code: i32) {
        for signal in self.iter() {
            let _ = register_conditional_shutdown(signal, code, Arc::clone(flag));
        }
    }

    /// Runs an action on a thread at each signal, because a signal handler may do only little. Returns whether that is
    /// possible.
    pub fn act(self, act: impl Fn() + Send + 'static) -> bool {
        let Ok(mut signals) = signal_hook::iterator::Signals::new(self.iter()) else { return false };
        thread::spawn(move || signals.forever().for_each(|_| act()));
        true
    }
}
