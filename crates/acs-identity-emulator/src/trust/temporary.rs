//! The temporary folder of one run, and the removal of folders that killed runs have left.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::system;

/// The prefix of the names of temporary folders. The process id and a number follow it.
pub const TEMPORARY_PREFIX: &str = "az-communication-emulator-";

const LOCK_FILE: &str = "lock";

/// The largest number of folders of one process in a parent folder.
const MOST: u16 = 1000;

/// A folder for the files of one run, which only its owner may use. It is removed on drop.
#[derive(Debug)]
pub struct TemporaryFolder {
    path: PathBuf,
    /// The lock of this run. It shows other runs that this folder is in use. This works across containers that share
    /// the parent folder, where process ids mean nothing.
    _lock: File,
}

impl TemporaryFolder {
    /// Makes a folder in the first of these parent folders that can be written. Also removes the folders that killed
    /// runs have left there.
    ///
    /// # Errors
    ///
    /// Fails with [`Error::File`] and the first parent folder when none of them can be written.
    pub fn in_one_of(parents: &[PathBuf]) -> Result<Self, Error> {
        let mut failed = None;
        for parent in parents {
            remove_leftovers(parent);
            match Self::new_in(parent) {
                Ok(folder) => return Ok(folder),
                Err(error) => failed = failed.or(Some((parent, error))),
            }
        }
        let (parent, error) = failed
            .map_or_else(|| (PathBuf::new(), ErrorKind::NotFound.into()), |(parent, error)| (parent.clone(), error));
        Err(Error::File(parent, error))
    }

    fn new_in(parent: &Path) -> io::Result<Self> {
        for attempt in 0..MOST {
            let path = parent.join(format!("{TEMPORARY_PREFIX}{}-{attempt}", std::process::id()));
            match make_folder(&path) {
                Ok(()) => {
                    let name = path.join(LOCK_FILE);
                    let lock = create(&name).inspect_err(|_| remove(&path))?;
                    // Another run may have found the folder before it was locked, and removes it. If the file system
                    // has no locks, other runs go by the process id.
                    if !matches!(lock.try_lock(), Err(TryLockError::WouldBlock)) && name.exists() {
                        return Ok(Self { path, _lock: lock });
                    }
                }
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(ErrorKind::AlreadyExists.into())
    }

    /// Returns the path of the folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a file with certificates into the folder. Its name must end with `.pem` or `.jks`. Returns its path.
    ///
    /// # Errors
    ///
    /// Fails with [`Error::File`] when the file cannot be written.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> Result<PathBuf, Error> {
        let path = self.path.join(name);
        match write_readable_by_all(&path, content.as_ref()) {
            Ok(()) => Ok(path),
            Err(error) => Err(Error::File(path, error)),
        }
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

/// Makes a folder that only its owner may use.
fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    system::for_owner_folder(&mut builder);
    builder.create(path)?;
    // The umask may have taken rights away from the owner.
    system::close_folder_to_others(path)
}

/// Opens a file for writing and empties it. Only its owner may use it.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    system::for_owner(&mut options);
    let file = options.write(true).create(true).truncate(true).open(path)?;
    system::close_to_others(&file)?;
    Ok(file)
}

/// Writes a file that is readable by all users that can access its folder.
fn write_readable_by_all(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = create(path)?;
    system::open_to_readers(&file)?;
    file.write_all(content)
}

fn remove(path: &Path) {
    let _ = fs::remove_dir_all(path);
}

/// Removes the folders of runs that were killed before they could remove them.
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

/// Returns the process id in the name of a temporary folder.
fn process_of(path: &Path) -> Option<i32> {
    let (process, attempt) = path.file_name()?.to_str()?.strip_prefix(TEMPORARY_PREFIX)?.split_once('-')?;
    attempt.parse::<u16>().ok()?;
    process.parse().ok().filter(|process| *process > 0)
}

/// Checks whether it is a folder of this user, closed to other users, that contains only files of the kinds that a run
/// writes.
fn is_ours(path: &Path) -> bool {
    let known = |entry: io::Result<fs::DirEntry>| {
        entry.is_ok_and(|entry| {
            let name = entry.file_name();
            let fits =
                name == LOCK_FILE || Path::new(&name).extension().is_some_and(|end| end == "pem" || end == "jks");
            // A run makes links to the program. They have the name by which the program was started, so any name is
            // accepted.
            entry.file_type().is_ok_and(|kind| kind.is_symlink() || (fits && kind.is_file()))
        })
    };
    system::is_private_folder(path) && fs::read_dir(path).is_ok_and(|mut entries| entries.all(known))
}

/// Checks whether the run that made the folder has ended. If that is unknown, returns false.
fn is_left(path: &Path, process: i32) -> bool {
    match OpenOptions::new().write(true).open(path.join(LOCK_FILE)) {
        Ok(lock) => match lock.try_lock() {
            Ok(()) => true,
            Err(TryLockError::WouldBlock) => false,
            Err(TryLockError::Error(_)) => system::has_ended(process),
        },
        // The run was killed before it made the lock file.
        Err(error) if error.kind() == ErrorKind::NotFound => system::has_ended(process),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parent(name: &str) -> PathBuf {
        let parent = std::env::temp_dir().join(format!("acs-temporary-{name}-{}", std::process::id()));
        remove(&parent);
        fs::create_dir(&parent).unwrap();
        parent
    }

    #[test]
    fn a_folder_is_gone_when_it_is_dropped() {
        let parent = parent("dropped");
        let folder = TemporaryFolder::in_one_of(std::slice::from_ref(&parent)).unwrap();
        let written = folder.write("ca.pem", "text").unwrap();
        assert_eq!(fs::read_to_string(&written).unwrap(), "text");
        drop(folder);
        assert_eq!(fs::read_dir(&parent).unwrap().count(), 0);
        remove(&parent);
    }

    #[test]
    fn one_process_can_have_several_folders() {
        let parent = parent("several");
        let folders: Vec<_> =
            (0..3).map(|_| TemporaryFolder::in_one_of(std::slice::from_ref(&parent)).unwrap()).collect();
        assert_eq!(fs::read_dir(&parent).unwrap().count(), 3);
        drop(folders);
        remove(&parent);
    }

    #[test]
    #[cfg_attr(any(not(unix), portable_system), ignore = "whose a folder is cannot be seen")]
    fn folders_of_killed_runs_are_removed() {
        let parent = parent("left");
        let left = parent.join(format!("{TEMPORARY_PREFIX}7-0"));
        make_folder(&left).unwrap();
        create(&left.join(LOCK_FILE)).unwrap();
        let folder = TemporaryFolder::in_one_of(std::slice::from_ref(&parent)).unwrap();
        assert!(!left.exists());
        drop(folder);
        remove(&parent);
    }

    #[test]
    fn if_no_folder_can_be_written_the_error_names_the_first_one() {
        let missing = [PathBuf::from("/nonexistent/a"), PathBuf::from("/nonexistent/b")];
        let Err(Error::File(path, error)) = TemporaryFolder::in_one_of(&missing) else { panic!("it was made") };
        assert_eq!((path.as_path(), error.kind()), (Path::new("/nonexistent/a"), ErrorKind::NotFound));
    }
}
