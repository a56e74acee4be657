//! Ctrl-C. A thread waits for it through tokio, because the standard library does not support it.

use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;

/// The actions for each Ctrl-C, in the order of their registration.
static ACTIONS: Mutex<Vec<Action>> = Mutex::new(Vec::new());

type Action = Box<dyn Fn() + Send>;

/// The signals that ask this process to end. On this system, there is only Ctrl-C.
#[derive(Debug, Clone, Copy)]
pub struct Interrupts;

impl Interrupts {
    /// Returns Ctrl-C.
    pub fn ctrl_c() -> Self {
        Self
    }

    /// Returns all keys that end a process.
    pub fn keys() -> Self {
        Self
    }

    /// Returns all signals that ask for an end.
    pub fn all() -> Self {
        Self
    }

    /// Returns `false`: on this system, processes are not started with Ctrl-C ignored.
    pub fn is_empty(self) -> bool {
        false
    }

    /// Makes Ctrl-C set the flag from now on.
    pub fn set(self, flag: &Arc<AtomicBool>) {
        let flag = Arc::clone(flag);
        self.act(move || flag.store(true, Ordering::SeqCst));
    }

    /// Makes Ctrl-C end the process with this exit code from now on, if the flag is set at that time.
    pub fn end_if(self, flag: &Arc<AtomicBool>, code: i32) {
        let flag = Arc::clone(flag);
        self.act(move || {
            if flag.load(Ordering::SeqCst) {
                process::exit(code);
            }
        });
    }

    /// Runs an action at each Ctrl-C. Returns whether that is possible.
    pub fn act(self, act: impl Fn() + Send + 'static) -> bool {
        static WAITS: OnceLock<bool> = OnceLock::new();
        ACTIONS.lock().unwrap_or_else(PoisonError::into_inner).push(Box::new(act));
        *WAITS.get_or_init(|| thread::Builder::new().stack_size(256 * 1024).spawn(wait).is_ok())
    }
}

fn wait() {
    // If the runtime cannot start, Ctrl-C still ends the process.
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    runtime.block_on(async {
        while tokio::signal::ctrl_c().await.is_ok() {
            ACTIONS.lock().unwrap_or_else(PoisonError::into_inner).iter().for_each(|act| act());
        }
    });
}
