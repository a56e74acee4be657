//! Marks the process that `start --detach` starts as the background emulator, and detaches it from the session.

use std::env;
use std::process::Command;

use crate::report::error::CliError;
use crate::system;

/// Contains the id of the process that waits until the emulator is ready. `closed_streams.c` reads it, too.
const VARIABLE: &str = "AZ_COMMUNICATION_DETACHED";

/// Shows that this process was started to serve in the background.
pub(in crate::commands::emulator) struct Detached {
    starter: u32,
}

/// Sets the variable for a command, so that it serves in the background.
pub(crate) fn put(command: &mut Command) {
    command.env(VARIABLE, std::process::id().to_string());
}

impl Detached {
    /// Reads the variable. Returns `None` if this process was not started to serve in the background.
    pub(in crate::commands::emulator) fn of_environment() -> Option<Self> {
        env::var(VARIABLE).ok()?.parse().ok().map(|starter| Self { starter })
    }

    /// Leaves the session of the shell, so that neither its end nor its keyboard signals reach the emulator.
    pub(in crate::commands::emulator) fn leave() {
        // A process that leads a group cannot leave. That only happens if it was not started by `start --detach`.
        system::leave_session();
    }

    /// Checks that the process that waits for the emulator still exists. Otherwise no one would know that the emulator
    /// runs.
    ///
    /// # Errors
    ///
    /// Fails when the process that started it has ended.
    pub(in crate::commands::emulator) fn check_starter(&self) -> Result<(), CliError> {
        if system::may_be_child_of(self.starter) {
            return Ok(());
        }
        Err(CliError::new(
            "The emulator ends, because the process that started it ended before the emulator was ready.",
        ))
    }
}
