//! The temporary folder of one run.

use std::path::PathBuf;

use acs_identity_emulator::Error;
use acs_identity_emulator::trust::TemporaryFolder;

use crate::report::error::CliError;
use crate::service::emulator_files::temporary_parents;
use crate::system::platform::Platform;
use crate::system::system_text;

/// Makes a folder, and removes folders that killed runs have left.
///
/// # Errors
///
/// Fails when no folder for temporary files can be written.
pub(crate) fn temporary() -> Result<TemporaryFolder, CliError> {
    TemporaryFolder::in_one_of(&temporary_parents()).map_err(|error| match error {
        Error::File(parent, error) => CliError::new(format!(
            "The folder for temporary files, {}, cannot be used: {}.",
            parent.display(),
            system_text(&error)
        ))
        .hint(format!("Set {} to a folder that can be written.", Platform::HERE.temporary_variable())),
        other => CliError::new(format!("{other}.")),
    })
}

/// Writes a file with certificates into the folder, and returns its path.
///
/// # Errors
///
/// Fails when the file cannot be written, for example because the disk is full.
pub(crate) fn write(folder: &TemporaryFolder, name: &str, content: impl AsRef<[u8]>) -> Result<PathBuf, CliError> {
    folder.write(name, content).map_err(|error| match error {
        Error::File(path, error) => {
            CliError::new(format!("{} cannot be written: {}.", path.display(), system_text(&error)))
        }
        other => CliError::new(format!("{other}.")),
    })
}
