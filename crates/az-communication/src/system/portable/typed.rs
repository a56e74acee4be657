//! Ctrl-C. A thread waits for it through tokio, because the standard library does not support it.

use std::future::poll_fn;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, mpsc};
use std::task::Poll;
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
        *WAITS.get_or_init(|| {
            let (registers, registered) = mpsc::channel();
            let waits = thread::Builder::new().stack_size(256 * 1024).spawn(move || wait(registers)).is_ok();
            // The thread sends nothing, and drops its end when Ctrl-C is registered.
            let _ = registered.recv();
            waits
        })
    }
}

/// Waits for Ctrl-C, and runs the actions. Drops `registers` when a Ctrl-C would not be lost any more.
fn wait(registers: mpsc::Sender<()>) {
    // If the runtime cannot start, Ctrl-C still ends the process.
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    runtime.block_on(async move {
        let mut typed = Box::pin(tokio::signal::ctrl_c());
        // The first look at it registers it.
        let mut first = poll_fn(|context| match typed.as_mut().poll(context) {
            Poll::Ready(result) => Poll::Ready(Some(result)),
            Poll::Pending => Poll::Ready(None),
        })
        .await;
        drop(registers);
        loop {
            let result = match first.take() {
                Some(result) => result,
                None => typed.as_mut().await,
            };
            if result.is_err() {
                return;
            }
            ACTIONS.lock().unwrap_or_else(PoisonError::into_inner).iter().for_each(|act| act());
            typed.set(tokio::signal::ctrl_c());
        }
    });
}
