//! The folder for the files of one run.

use std::env;
use std::path::{Path, PathBuf};

use acs_identity_emulator::Error;
use acs_identity_emulator::trust::TemporaryFolder;

use crate::report::error::CliError;
use crate::report::program::Program;
use crate::service::emulator_files::temporary_parents;
use crate::system;
use crate::system::platform::Platform;
use crate::system::system_text;

/// Makes one, and removes what killed runs have left beside it.
///
/// # Errors
///
/// When no folder for temporary files can be written.
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

/// Writes a file with certificates into it; its path.
///
/// # Errors
///
/// When the disk is full.
pub(crate) fn write(folder: &TemporaryFolder, name: &str, content: impl AsRef<[u8]>) -> Result<PathBuf, CliError> {
    folder.write(name, content).map_err(|error| match error {
        Error::File(path, error) => {
            CliError::new(format!("{} cannot be written: {}.", path.display(), system_text(&error)))
        }
        other => CliError::new(format!("{other}.")),
    })
}

/// A folder with this program under the name that it was called by: this one, with a link; where links cannot be made, the
/// folder of the program's own file. `None` where that is not known.
pub(crate) fn with_program(folder: &TemporaryFolder) -> Option<PathBuf> {
    let own = env::current_exe().ok()?;
    if system::link(&own, &folder.path().join(Program::current().name())).is_ok() {
        return Some(folder.path().to_owned());
    }
    own.parent().map(Path::to_owned)
}
