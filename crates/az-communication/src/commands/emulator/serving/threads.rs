//! The threads of the emulator.

use std::panic;

use tokio::runtime::Runtime;

use crate::report::error::CliError;
use crate::system::system_text;

/// Makes the runtime on which the emulator serves.
///
/// # Errors
///
/// Fails when the system refuses the resources for even one thread.
pub(crate) fn runtime() -> Result<Runtime, CliError> {
    // tokio panics if a thread cannot be started. The emulator then serves with fewer threads, so the panic is not
    // printed.
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let built = acs_identity_emulator::runtime();
    panic::set_hook(hook);
    built.map_err(|error| CliError::new(format!("The emulator cannot start: {}.", system_text(&error))).advise(&error))
}
