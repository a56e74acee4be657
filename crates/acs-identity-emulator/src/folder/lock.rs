//! Locks the folder for this process, and checks whether it is still the folder that was opened.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use super::identity::{Identity, identity};
use super::marker::{Marker, MarkerFile};
use super::names::{DATABASE_FILE, LOCK_FILE, LOG_FILE};
use super::{index, written};
use crate::clock::machine;
use crate::error::Error;
use crate::files;
use crate::store::sqlite::surroundings::Surroundings;
use crate::store::sqlite::wal::Mark;
use crate::system;

/// SQLite's own files beside a database.
const BESIDE: [&str; 3] = [LOG_FILE, "identities.db-shm", "identities.db-journal"];

/// A folder that only this process has open.
pub(crate) struct Folder {
    pub(super) marker: Arc<MarkerFile>,
    pub(super) watcher: Arc<Watcher>,
}

/// Checks whether the folder and its files are still the ones that were opened.
pub(super) struct Watcher {
    watched: Vec<(PathBuf, Identity)>,
    marker: Arc<MarkerFile>,
    /// The database file. It is locked as well, in case another program removes the lock file. SQLite's own locks end
    /// when any descriptor of the file in this process is closed, so this one stays open until SQLite has closed the
    /// file.
    database: File,
    /// The index. It is set when the log is open, and stays open until SQLite has closed it.
    index: OnceLock<File>,
    /// Set when the database is open.
    files: OnceLock<written::Files>,
    /// The state that the lock file gets before the first commit that changes something. A start that changes nothing
    /// does not wait for the disk then.
    next: Mutex<Option<Marker>>,
}

impl Watcher {
    fn new(paths: Vec<PathBuf>, marker: Arc<MarkerFile>, database: File) -> Self {
        let watched = paths.into_iter().map(|path| (path.clone(), identity(&path))).collect();
        Self { watched, marker, database, index: OnceLock::new(), files: OnceLock::new(), next: Mutex::default() }
    }

    fn next(&self) -> MutexGuard<'_, Option<Marker>> {
        self.next.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn holds_what_was_written(&self) -> bool {
        self.files.get().is_none_or(|files| files.are_whole(&self.database))
    }

    fn are_in_their_place(&self) -> bool {
        self.watched.iter().all(|(path, opened)| opened.is_some() && identity(path) == *opened)
    }
}

impl Surroundings for Watcher {
    fn log_is_open(&self, database: &Path) -> std::io::Result<()> {
        let _ = self.index.set(index::fill(database)?);
        Ok(())
    }

    fn has_begun(&self, database: &Path, run: String) -> std::io::Result<()> {
        let _ = self.files.set(written::Files::open(database, &self.database)?);
        *self.next() = Some(Marker::Open { run, mark: None });
        Ok(())
    }

    fn are_still_there(&self) -> bool {
        self.are_in_their_place()
            && self.files.get().is_none_or(written::Files::are_named)
            && self.holds_what_was_written()
    }

    fn are_full(&self) -> bool {
        self.watched.first().is_some_and(|(folder, _)| files::has_no_room(folder))
    }

    fn may_move_log(&self) -> bool {
        self.are_in_their_place() && self.holds_what_was_written()
    }

    fn will_change(&self) -> std::io::Result<()> {
        let mut next = self.next();
        if let Some(marker) = &*next {
            self.marker.set(marker)?;
            *next = None;
        }
        Ok(())
    }

    fn committed(&self, mark: Mark) {
        self.marker.note(mark);
    }
}

impl Folder {
    /// Takes the folder for this process: checks its owner, and locks it. Returns lines for the log.
    pub(super) fn take(path: &Path) -> Result<(Self, Vec<String>), Error> {
        if path.as_os_str().is_empty() {
            return Err(Error::Folder(path.to_owned(), "its name is empty".into()));
        }
        files::make_folder(path)?;
        system::check(path)?;
        let lock_path = path.join(LOCK_FILE);
        let lock = locked(&lock_path, path)?;
        let mut lines = Vec::new();
        for entry in std::fs::read_dir(path).map_err(|error| Error::File(path.to_owned(), error))? {
            let name = entry.map_err(|error| Error::File(path.to_owned(), error))?.file_name();
            if is_private(&name.to_string_lossy()) {
                lines.extend(system::mend(&path.join(&name))?);
            }
        }
        let database_path = path.join(DATABASE_FILE);
        // SQLite would wait for the other end of a pipe.
        for name in BESIDE {
            let beside = path.join(name);
            files::exists(&beside).map_err(|error| Error::File(beside, error))?;
        }
        // If there is no database, an empty file is made. SQLite treats it as a new database.
        let is_new = !files::exists(&database_path).map_err(|error| Error::File(database_path.clone(), error))?;
        let has_log = path.join(LOG_FILE).symlink_metadata().is_ok();
        let is_marked = lock.metadata().is_ok_and(|metadata| metadata.len() > 0);
        let trace = has_log.then_some(LOG_FILE).or(is_marked.then_some(LOCK_FILE));
        if is_new {
            refuse_if_used(path, trace)?;
        }
        let database =
            files::open_or_make(&database_path).map_err(|error| Error::File(database_path.clone(), error))?;
        if system::LOCKS_DATABASE {
            lock_file(&database, &database_path, path)?;
        }
        let length = database.metadata().map_err(|error| Error::File(database_path.clone(), error))?.len();
        if length == 0 && !is_new {
            refuse_if_used(path, trace)?;
        }
        let marker = Arc::new(MarkerFile::new(lock));
        let watched = vec![path.to_owned(), lock_path, database_path];
        let watcher = Arc::new(Watcher::new(watched, Arc::clone(&marker), database));
        Ok((Self { marker, watcher }, lines))
    }

    /// Records that the database was closed cleanly.
    pub(crate) fn closed(&self) {
        // If this fails, the next start only checks more than necessary.
        let _ = self.marker.set(&Marker::Closed);
    }
}

/// Opens and locks a file.
fn locked(path: &Path, folder: &Path) -> Result<File, Error> {
    let file = files::open_or_make(path).map_err(|error| Error::File(path.to_owned(), error))?;
    lock_file(&file, path, folder)?;
    Ok(file)
}

/// How often a lock is tried, with a pause between the tries. A lock belongs to every process that has the open file. A
/// program that an emulator has just started holds the lock until its own code runs, which can be after the emulator
/// has ended.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(10);

/// Locks a file for this process.
fn lock_file(file: &File, path: &Path, folder: &Path) -> Result<(), Error> {
    let mut pauses = 1..TRIES;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) if pauses.next().is_some() => machine::sleep_here(PAUSE),
            Err(TryLockError::WouldBlock) => return Err(Error::InUse(folder.to_owned())),
            Err(TryLockError::Error(error)) => return Err(Error::File(path.to_owned(), error)),
        }
    }
}

/// Checks whether no emulator uses a data folder. Returns `false` if that is not known: the file system may have no
/// locks, or the folder may belong to another user.
#[must_use]
pub fn is_folder_unused(folder: &Path) -> bool {
    match files::open(OpenOptions::new().read(true), &folder.join(LOCK_FILE)) {
        // The lock is shared, so that two checks at the same time do not disturb each other.
        Ok(file) => file.try_lock_shared().is_ok(),
        Err(error) => error.kind() == ErrorKind::NotFound,
    }
}

/// Returns whether a file with this name holds secrets.
fn is_private(name: &str) -> bool {
    name == LOCK_FILE || name.starts_with(DATABASE_FILE) || (name.contains("key") && name.ends_with(".pem"))
}

/// Refuses a folder that has no database, but has one of these files or another trace of use. A new database would be a
/// different resource, and every token of the old one would be invalid.
pub(super) fn refuse_if_used(folder: &Path, trace: Option<&str>) -> Result<(), Error> {
    refuse_where_used(folder, trace, "is missing or empty")
}

/// Does the same, with a description of the problem with the database.
pub(super) fn refuse_where_used(folder: &Path, trace: Option<&str>, what: &str) -> Result<(), Error> {
    const TRACES: [&str; 7] =
        ["ca.pem", "ca-key.pem", "server.pem", "token-key.pem", "token-key-entra.pem", "entra-key.pem", "bundle.pem"];
    let traces = TRACES.into_iter().filter(|name| folder.join(name).symlink_metadata().is_ok());
    let Some(trace) = traces.chain(trace).next() else { return Ok(()) };
    let why = format!(
        "it {what}, although the folder was used before (it contains {trace}). Put it back, or use a new folder"
    );
    Err(Error::Damaged(folder.join(DATABASE_FILE), why))
}

/// Reads the content of the lock file.
pub(super) fn marker(folder: &Path, taken: &Folder) -> Result<Marker, Error> {
    let path = folder.join(LOCK_FILE);
    taken.marker.read().map_err(|error| match error.kind() {
        std::io::ErrorKind::InvalidData => Error::Content(
            path.clone(),
            "is damaged; remove it if you are sure that the database beside it is the right one".into(),
        ),
        _ => Error::File(path.clone(), error),
    })
}
