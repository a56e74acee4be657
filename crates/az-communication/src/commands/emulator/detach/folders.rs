//! The folders that contain the files of a background emulator.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::files::private_file;
use crate::report::error::CliError;
use crate::system::system_text;

/// The folders that were made, each one inside the previous one.
#[derive(Default)]
pub(crate) struct Folders(Vec<PathBuf>);

impl Folders {
    /// Makes the folder of a file if it is missing. Only its owner may use it.
    ///
    /// # Errors
    ///
    /// Fails when it cannot be made.
    pub(crate) fn of_file(path: &Path) -> Result<Self, CliError> {
        let mut made = Self::default();
        let Some(folder) = path.parent() else { return Ok(made) };
        made.make(folder).map_err(|error| {
            CliError::new(format!("The folder {} cannot be made: {}.", folder.display(), system_text(&error)))
                .hint("Choose another pid file: --pid-file FILE, or AZURE_COMMUNICATION_EMULATOR_PID_FILE.")
        })?;
        Ok(made)
    }

    fn make(&mut self, folder: &Path) -> io::Result<()> {
        if folder.is_dir() {
            return Ok(());
        }
        if let Some(parent) = folder.parent() {
            self.make(parent)?;
        }
        match private_file::make_folder(folder) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
            Err(error) => Err(error),
            Ok(()) => {
                self.0.push(folder.to_owned());
                Ok(())
            }
        }
    }

    /// Removes the folders that are empty.
    pub(crate) fn forget(self) {
        for folder in self.0.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}
