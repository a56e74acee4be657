//! Where the data is to be: in memory, in the folder of an option or a variable, or in the usual folder.

use std::path::PathBuf;

use crate::commands::emulator::given::{absolute, flag, given, option};
use crate::commands::emulator::settings::{DATA_DIR, IN_MEMORY};
use crate::knack::invocation::Invocation;
use crate::report::error::CliError;
use crate::service::emulator_files;

/// Whether the data is to be in memory. What stands on the command line wins over the variable of the other one.
///
/// # Errors
///
/// When both stand on the command line, or the variable says neither yes nor no.
pub(crate) fn in_memory(invocation: &Invocation<'_>) -> Result<bool, CliError> {
    match (invocation.arguments.has(&IN_MEMORY), given(invocation, &DATA_DIR)?) {
        (true, Some(_)) => Err(CliError::usage("--in-memory and --data-dir are both given.")
            .hint("Leave one of them out: what is in memory is kept in no folder.")),
        (false, Some(_)) => Ok(false),
        (_, None) => flag(invocation, &IN_MEMORY),
    }
}

/// The folder for the data, as an absolute path.
///
/// # Errors
///
/// When it is not known, or its path is not UTF-8.
pub(crate) fn data_dir(invocation: &Invocation<'_>) -> Result<PathBuf, CliError> {
    match option(invocation, &DATA_DIR)? {
        Some(given) => absolute(given.value.into()),
        None => absolute(emulator_files::data_dir()?),
    }
}
