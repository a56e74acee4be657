//! The folder for the files of one run, and what is left of runs that were killed.

use std::env;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::files::private_file;
use crate::report::error::CliError;
use crate::report::program::Program;
use crate::service::emulator_files::{TEMPORARY_PREFIX, temporary_parents};
use crate::system::platform::Platform;
use crate::system::system_text;
use crate::system::{self, has_ended, is_private_folder};

/// A folder for the files of one run, for its owner only; gone when the run ends.
pub(crate) struct TemporaryFolder {
    path: PathBuf,
    /// Locked as long as the run lives. It tells the next run so, also across containers that share the parent folder, where
    /// process ids mean nothing.
    _lock: File,
}

const LOCK_FILE: &str = "lock";

impl TemporaryFolder {
    /// Makes one, and removes what killed runs have left beside it.
    ///
    /// # Errors
    ///
    /// When no folder for temporary files can be written.
    pub(crate) fn new() -> Result<Self, CliError> {
        let mut failed = None;
        for parent in temporary_parents() {
            remove_leftovers(&parent);
            match Self::new_in(&parent) {
                Ok(folder) => return Ok(folder),
                Err(error) => failed = failed.or(Some((parent, error))),
            }
        }
        let (parent, error) = failed.unwrap_or_else(|| (env::temp_dir(), io::ErrorKind::NotFound.into()));
        Err(CliError::new(format!(
            "The folder for temporary files, {}, cannot be used: {}.",
            parent.display(),
            system_text(&error)
        ))
        .hint(format!("Set {} to a folder that can be written.", Platform::HERE.temporary_variable())))
    }

    fn new_in(parent: &Path) -> io::Result<Self> {
        for attempt in 0..1000 {
            let path = parent.join(format!("{TEMPORARY_PREFIX}{}-{attempt}", std::process::id()));
            match private_file::make_folder(&path) {
                Ok(()) => {
                    let name = path.join(LOCK_FILE);
                    let lock = private_file::create(&name).inspect_err(|_| remove(&path))?;
                    // Another run may have found the lock open, and removes the folder. Where the file system has no locks,
                    // the process id must do.
                    if !matches!(lock.try_lock(), Err(TryLockError::WouldBlock)) && name.exists() {
                        return Ok(Self { path, _lock: lock });
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a file with certificates into it.
    ///
    /// # Errors
    ///
    /// When the disk is full.
    pub(crate) fn write(&self, name: &str, content: &[u8]) -> Result<PathBuf, CliError> {
        let path = self.path.join(name);
        private_file::write_for_everybody(&path, content).map_err(|error| {
            CliError::new(format!("{} cannot be written: {}.", path.display(), system_text(&error)))
        })?;
        Ok(path)
    }

    /// A folder with this program under the name that it was called by: this one, with a link; where links cannot be made, the
    /// folder of the program's own file. `None` where that is not known.
    pub(crate) fn program(&self) -> Option<PathBuf> {
        let own = env::current_exe().ok()?;
        if system::link(&own, &self.path.join(Program::current().name())).is_ok() {
            return Some(self.path.clone());
        }
        own.parent().map(Path::to_owned)
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

fn remove(path: &Path) {
    let _ = fs::remove_dir_all(path);
}

/// Removes the folders of runs that could not do it themselves, because they were killed.
fn remove_leftovers(parent: &Path) {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()) {
        if let Some(process) = process_of(&path)
            && is_ours(&path)
            && is_left(&path, process)
        {
            remove(&path);
        }
    }
}

/// The process id in the name of such a folder.
fn process_of(path: &Path) -> Option<i32> {
    let (process, attempt) = path.file_name()?.to_str()?.strip_prefix(TEMPORARY_PREFIX)?.split_once('-')?;
    attempt.parse::<u16>().ok()?;
    process.parse().ok().filter(|process| *process > 0)
}

/// Whether it is a folder of this user that nobody else can look into, with nothing in it but what a run puts there.
fn is_ours(path: &Path) -> bool {
    let known = |entry: io::Result<fs::DirEntry>| {
        entry.is_ok_and(|entry| {
            let name = entry.file_name();
            let fits =
                name == LOCK_FILE || Path::new(&name).extension().is_some_and(|end| end == "pem" || end == "jks");
            // The link to the program has the name that it was called by.
            entry.file_type().is_ok_and(|kind| kind.is_symlink() || (fits && kind.is_file()))
        })
    };
    is_private_folder(path) && fs::read_dir(path).is_ok_and(|mut entries| entries.all(known))
}

/// Whether the run that made it has ended. In doubt, it has not.
fn is_left(path: &Path, process: i32) -> bool {
    match OpenOptions::new().write(true).open(path.join(LOCK_FILE)) {
        Ok(lock) => match lock.try_lock() {
            Ok(()) => true,
            Err(TryLockError::WouldBlock) => false,
            Err(TryLockError::Error(_)) => has_ended(process),
        },
        // A run that was killed before it had a lock.
        Err(error) if error.kind() == io::ErrorKind::NotFound => has_ended(process),
        Err(_) => false,
    }
}
