//! The threads of the emulator.

use std::panic;
use std::thread::{self, JoinHandle};

use tokio::runtime::Runtime;

use crate::report::error::CliError;
use crate::system::system_text;

/// Makes the runtime on which the emulator serves.
fn runtime() -> Result<Runtime, CliError> {
    // tokio panics if a thread cannot be started. The emulator then serves with fewer threads, so the panic is not
    // printed.
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let built = acs_identity_emulator::runtime();
    panic::set_hook(hook);
    built.map_err(|error| CliError::new(format!("The emulator cannot start: {}.", system_text(&error))).advise(&error))
}

/// A runtime that another thread makes, because a start waits for the disk meanwhile.
pub(crate) struct Made(Option<JoinHandle<Result<Runtime, CliError>>>);

/// Starts to make the runtime. The log must have been started before, because both change the panic hook.
pub(crate) fn make() -> Made {
    Made(thread::Builder::new().name("runtime".to_owned()).spawn(runtime).ok())
}

impl Made {
    /// Waits for the runtime. If the thread could not be started, makes it now.
    ///
    /// # Errors
    ///
    /// Fails when the system refuses the resources for even one thread.
    pub(crate) fn take(self) -> Result<Runtime, CliError> {
        self.0.and_then(|thread| thread.join().ok()).unwrap_or_else(runtime)
    }
}
