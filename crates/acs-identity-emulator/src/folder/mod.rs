//! The data folder around the store: its owner, its lock, and whether it still exists.

#[cfg(feature = "sqlite")]
mod compare;
#[cfg(feature = "sqlite")]
mod database;
#[cfg(feature = "sqlite")]
mod identity;
#[cfg(feature = "sqlite")]
mod index;
#[cfg(feature = "sqlite")]
mod lock;
#[cfg(feature = "sqlite")]
mod marker;
mod names;
#[cfg(all(test, feature = "sqlite"))]
mod tests;
#[cfg(all(unix, not(portable_system), feature = "sqlite"))]
mod written;
#[cfg(all(any(not(unix), portable_system), feature = "sqlite"))]
#[path = "unwatched.rs"]
mod written;

use std::path::Path;

use crate::error::Error;
use crate::store::{Store, Values};

#[cfg(feature = "sqlite")]
pub(crate) use database::Beginning;
#[cfg(feature = "sqlite")]
pub(crate) use lock::Folder;
#[cfg(feature = "sqlite")]
pub use lock::is_folder_unused;
pub use names::DATABASE_FILE;

/// Without SQLite, there are no data folders.
#[cfg(not(feature = "sqlite"))]
pub(crate) struct Folder(std::convert::Infallible);

/// An opened folder and its store.
pub(crate) struct Opened {
    pub(crate) store: Store,
    /// Keeps other processes out until it is dropped. The store must be closed before.
    pub(crate) folder: Folder,
    /// Changes and remarkable facts, for the log.
    pub(crate) lines: Vec<String>,
    /// Whether the database was made or migrated to the current schema. Then all other data that a start stores is new
    /// as well.
    pub(crate) is_new: bool,
    pub(crate) beginning: Option<Beginning>,
}

impl Opened {
    /// Waits until everything that the opening has changed is durable. Before that, changes wait, and reads do not.
    pub(crate) fn wait(&mut self) -> Result<(), Error> {
        if let Some(beginning) = self.beginning.take() {
            self.lines.extend(beginning.wait()?);
        }
        Ok(())
    }
}

/// Without SQLite, there are no data folders.
#[cfg(not(feature = "sqlite"))]
pub(crate) struct Beginning(std::convert::Infallible);

/// Opens the store in a folder. Makes the folder and the store if they do not exist. `ahead` gets the values of a store
/// that exists, before the start waits for the disk.
#[cfg(feature = "sqlite")]
pub(crate) fn open(path: &Path, now: i64, ahead: impl FnOnce(&dyn Values)) -> Result<Opened, Error> {
    database::open(path, now, ahead)
}

/// Refuses every folder, because there is no store for a folder without SQLite.
#[cfg(not(feature = "sqlite"))]
pub(crate) fn open(path: &Path, _now: i64, _ahead: impl FnOnce(&dyn Values)) -> Result<Opened, Error> {
    Err(Error::Folder(
        path.to_owned(),
        "this program was built without SQLite, so it can keep data only in memory".into(),
    ))
}

#[cfg(not(feature = "sqlite"))]
impl Beginning {
    pub(crate) fn wait(self) -> Result<Vec<String>, Error> {
        match self.0 {}
    }
}

#[cfg(not(feature = "sqlite"))]
impl Folder {
    /// Records that the database was closed cleanly.
    pub(crate) fn closed(&self) {
        match self.0 {}
    }
}
