//! The log file of a background emulator.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use crate::commands::emulator::process::process_file::is_within;
use crate::files::private_file;
use crate::report::error::CliError;
use crate::system;
use crate::system::system_text;

/// How many bytes of an emulator's output at its start are shown.
const MOST: u64 = 1 << 20;

/// A file that is open for appending.
pub(crate) struct Log {
    path: PathBuf,
    file: File,
    /// The position where the output of this start begins.
    start: u64,
    is_new: bool,
}

impl Log {
    /// Opens the file. Makes it for its owner only if it is missing.
    ///
    /// # Errors
    ///
    /// Fails when it is not a file of this user, or cannot be written.
    pub(crate) fn open(path: &Path, data: Option<&Path>) -> Result<Self, CliError> {
        let fail = |why: &str| CliError::new(format!("The log file {} cannot be written: {why}.", path.display()));
        let text = |error: io::Error| fail(&system_text(&error));
        let parent = path.parent().unwrap_or(path);
        if !parent.is_dir() {
            return Err(fail("its folder does not exist"));
        }
        if data.is_some_and(|data| is_within(parent, data)) {
            return Err(fail("it is in the data folder, which is only for the emulator's own files"));
        }
        if path.symlink_metadata().is_ok_and(|there| !there.is_file()) {
            return Err(fail("it is not a regular file"));
        }
        let is_new = match private_file::create_new(path) {
            Ok(_) => true,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => false,
            Err(error) => return Err(text(error)),
        };
        let file = open_existing(path).map_err(text)?;
        let metadata = file.metadata().map_err(text)?;
        if !metadata.is_file() {
            return Err(fail("it is not a regular file"));
        }
        if system::is_of_another_user(&metadata) {
            return Err(fail("it belongs to another user"));
        }
        Ok(Self { path: path.to_owned(), file, start: metadata.len(), is_new })
    }

    /// Returns another handle, for an output stream of the emulator.
    ///
    /// # Errors
    ///
    /// Fails when this process cannot open more files.
    pub(crate) fn handle(&self) -> Result<File, CliError> {
        self.file.try_clone().map_err(|error| {
            CliError::new(format!("The log file {} cannot be opened: {}.", self.path.display(), system_text(&error)))
        })
    }

    /// Returns the output of this start so far.
    pub(crate) fn said(&self) -> Vec<u8> {
        let mut said = Vec::new();
        let read = File::open(&self.path).and_then(|mut file| {
            file.seek(SeekFrom::Start(self.start))?;
            file.take(MOST).read_to_end(&mut said)
        });
        // A failed read is ignored, because the output is still in the file.
        let _ = read;
        said
    }

    /// Removes the file if it was new and the emulator did not start. Its content was already shown.
    pub(crate) fn forget(self) {
        if self.is_new {
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn open_existing(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true);
    // Links are not followed, and opening a FIFO does not wait for a reader.
    system::no_link(&mut options);
    options.open(path)
}
