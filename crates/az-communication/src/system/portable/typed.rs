//! Ctrl-C. A thread waits for it, because the standard library does not know it, and tokio does.

use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;

/// What is done each time, in the order in which it was asked for.
static ACTIONS: Mutex<Vec<Action>> = Mutex::new(Vec::new());

type Action = Box<dyn Fn() + Send>;

/// What asks this process to end: Ctrl-C and nothing else.
#[derive(Debug, Clone, Copy)]
pub struct Interrupts;

impl Interrupts {
    /// Ctrl-C.
    pub fn ctrl_c() -> Self {
        Self
    }

    /// All keys that end a process.
    pub fn keys() -> Self {
        Self
    }

    /// All that asks for an end.
    pub fn all() -> Self {
        Self
    }

    /// Nobody starts a process so that it ignores Ctrl-C.
    pub fn is_empty(self) -> bool {
        false
    }

    /// Ctrl-C sets the flag from here on.
    pub fn set(self, flag: &Arc<AtomicBool>) {
        let flag = Arc::clone(flag);
        self.act(move || flag.store(true, Ordering::SeqCst));
    }

    /// Ctrl-C ends the process with that exit code from here on, where the flag is set when it comes.
    pub fn end_if(self, flag: &Arc<AtomicBool>, code: i32) {
        let flag = Arc::clone(flag);
        self.act(move || {
            if flag.load(Ordering::SeqCst) {
                process::exit(code);
            }
        });
    }

    /// Does something each time that Ctrl-C comes. Whether that is possible.
    pub fn act(self, act: impl Fn() + Send + 'static) -> bool {
        static WAITS: OnceLock<bool> = OnceLock::new();
        ACTIONS.lock().unwrap_or_else(PoisonError::into_inner).push(Box::new(act));
        *WAITS.get_or_init(|| thread::Builder::new().stack_size(256 * 1024).spawn(wait).is_ok())
    }
}

fn wait() {
    // Without it, Ctrl-C ends the process all the same.
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    runtime.block_on(async {
        while tokio::signal::ctrl_c().await.is_ok() {
            ACTIONS.lock().unwrap_or_else(PoisonError::into_inner).iter().for_each(|act| act());
        }
    });
}
