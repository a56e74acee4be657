//! Decides where the data is stored: in memory, in the folder of an option or a variable, or in the default folder.

use std::path::PathBuf;

use crate::commands::emulator::options::declared::{DATA_DIR, IN_MEMORY};
use crate::commands::emulator::options::read::{absolute, flag, given, option};
use crate::knack::invocation::Invocation;
use crate::report::error::CliError;
use crate::service::emulator_files;

/// Returns whether the data is stored in memory. An option on the command line takes precedence over the variable of
/// the other option.
///
/// # Errors
///
/// Fails when both options are on the command line, or when the value of the variable is not a boolean.
pub(crate) fn in_memory(invocation: &Invocation<'_>) -> Result<bool, CliError> {
    match (invocation.arguments.has(&IN_MEMORY), given(invocation, &DATA_DIR)?) {
        (true, Some(_)) => Err(both()),
        (false, Some(_)) => Ok(false),
        (_, None) => flag(invocation, &IN_MEMORY),
    }
}

/// Returns the error for both options on the command line.
pub(crate) fn both() -> CliError {
    CliError::usage("--in-memory and --data-dir cannot be given together.")
        .hint("Leave out one of them. Data in memory is not stored in a folder.")
}

/// Returns the folder for the data, as an absolute path.
///
/// # Errors
///
/// Fails when it cannot be determined, or when its path is not UTF-8.
pub(crate) fn data_dir(invocation: &Invocation<'_>) -> Result<PathBuf, CliError> {
    match option(invocation, &DATA_DIR)? {
        Some(given) => absolute(given.value.into()),
        None => absolute(emulator_files::data_dir()?),
    }
}
