//! The threads of the emulator.

use std::panic;

use tokio::runtime::Runtime;

use crate::report::error::CliError;
use crate::system::system_text;

/// The runtime that the emulator serves on.
///
/// # Errors
///
/// When the system refuses what even one thread needs.
pub(crate) fn runtime() -> Result<Runtime, CliError> {
    // tokio panics where a thread cannot be started. The emulator then serves with fewer, so nothing is printed.
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let built = acs_identity_emulator::runtime();
    panic::set_hook(hook);
    built.map_err(|error| CliError::new(format!("The emulator cannot start: {}.", system_text(&error))).advise(&error))
}
