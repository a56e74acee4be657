//! How a process knows that it is the emulator that `start --detach` has started, and how it comes loose from there.

use std::env;
use std::process::Command;

use crate::report::error::CliError;
use crate::system;

/// Has the number of the process that waits until the emulator is ready. `closed_streams.c` knows it, too.
const VARIABLE: &str = "AZ_COMMUNICATION_DETACHED";

/// What this process is told: that it serves in the background.
pub(in crate::commands::emulator) struct Detached {
    starter: u32,
}

/// Tells a program that it is started to serve in the background.
pub(crate) fn put(command: &mut Command) {
    command.env(VARIABLE, std::process::id().to_string());
}

impl Detached {
    /// Whether this process is one.
    pub(in crate::commands::emulator) fn of_environment() -> Option<Self> {
        env::var(VARIABLE).ok()?.parse().ok().map(|starter| Self { starter })
    }

    /// Leaves the session of the shell: neither its end nor a key that is typed there reaches the emulator.
    pub(in crate::commands::emulator) fn leave() {
        // A process that leads a group already cannot; then it has been called otherwise.
        system::leave_session();
    }

    /// Checks that somebody waits for the emulator, which nobody would know of otherwise.
    ///
    /// # Errors
    ///
    /// When the process that started it has ended.
    pub(in crate::commands::emulator) fn check_starter(&self) -> Result<(), CliError> {
        if system::may_be_child_of(self.starter) {
            return Ok(());
        }
        Err(CliError::new("The emulator ends, because the process that started it has ended before it was ready."))
    }
}
