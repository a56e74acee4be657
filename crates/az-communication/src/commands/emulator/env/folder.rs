//! The folders for the files that `emulator env` writes. They are in the configuration directory, because the variables
//! name them as long as the shell runs.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::commands::emulator::control::Control;
use crate::files::private_file;
use crate::knack::config;
use crate::report::error::CliError;
use crate::system::system_text;

/// The folder in the configuration directory.
const FOLDER: &str = "communication-emulator-env";

/// The folder below it for the link to this program. The folder of an emulator has no underscore in its name.
const PROGRAM: &str = "_program";

/// Returns the folder that contains the others.
///
/// # Errors
///
/// Fails when there is no configuration directory.
pub(super) fn parent() -> Result<PathBuf, CliError> {
    let parent = config::directory().ok_or_else(|| {
        CliError::new("There is no home directory for the certificate of the emulator.")
            .hint("Set AZURE_CONFIG_DIR to a folder, or start the emulator with --ready-file.")
    })?;
    Ok(std::path::absolute(&parent).unwrap_or(parent).join(FOLDER))
}

/// Makes the folder for the certificates of an emulator, and returns it.
///
/// # Errors
///
/// Fails when it cannot be written.
pub(super) fn of(control: &Control) -> Result<PathBuf, CliError> {
    let name: String = control.endpoint().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    make(name.trim_start_matches("https---"))
}

/// Makes the folder for the link to this program, and returns it.
///
/// # Errors
///
/// Fails when it cannot be written.
pub(super) fn of_program() -> Result<PathBuf, CliError> {
    make(PROGRAM)
}

fn make(name: &str) -> Result<PathBuf, CliError> {
    let folder = parent()?.join(name);
    fs::create_dir_all(&folder).map_err(|error| unwritable(&folder, &error))?;
    Ok(folder)
}

/// Writes a file that all users may read.
///
/// # Errors
///
/// Fails when it cannot be written.
pub(super) fn write(path: &Path, content: &[u8]) -> Result<(), CliError> {
    private_file::replace_for_all_users(path, content, None).map_err(|error| unwritable(path, &error))
}

fn unwritable(path: &Path, error: &io::Error) -> CliError {
    CliError::new(format!("{} cannot be written: {}.", path.display(), system_text(error))).advise(error)
}
