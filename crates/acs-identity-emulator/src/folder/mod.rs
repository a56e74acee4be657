//! The data folder, above the store: whose it is, who has it open, and whether it is still there.

#[cfg(feature = "sqlite")]
mod compare;
#[cfg(feature = "sqlite")]
mod database;
#[cfg(feature = "sqlite")]
mod index;
#[cfg(feature = "sqlite")]
mod lock;
#[cfg(feature = "sqlite")]
mod marker;
#[cfg(all(test, feature = "sqlite"))]
mod tests;
#[cfg(all(unix, not(portable_system), feature = "sqlite"))]
mod written;
#[cfg(all(any(not(unix), portable_system), feature = "sqlite"))]
#[path = "unwatched.rs"]
mod written;

use std::path::Path;

use crate::error::Error;
use crate::store::Store;

#[cfg(feature = "sqlite")]
pub(crate) use lock::Folder;

/// The database in it.
pub(crate) const DATABASE_FILE: &str = "identities.db";

/// There is none.
#[cfg(not(feature = "sqlite"))]
pub(crate) struct Folder(std::convert::Infallible);

/// What was opened in a folder.
pub(crate) struct Opened {
    pub(crate) store: Store,
    /// Keeps others out until it is dropped, which must be after the store is closed.
    pub(crate) folder: Folder,
    /// What was changed or is remarkable, for the log.
    pub(crate) lines: Vec<String>,
    /// Whether the database was made or brought to the present schema, so that what else a start stores is new, too.
    pub(crate) is_new: bool,
}

/// Opens the store in a folder, and makes both where there are none.
#[cfg(feature = "sqlite")]
pub(crate) fn open(path: &Path, now: i64) -> Result<Opened, Error> {
    database::open(path, now)
}

/// Without SQLite, there is no store for a folder.
#[cfg(not(feature = "sqlite"))]
pub(crate) fn open(path: &Path, _now: i64) -> Result<Opened, Error> {
    Err(Error::Folder(path.to_owned(), "this program was built without SQLite, so it has data in memory only".into()))
}

#[cfg(not(feature = "sqlite"))]
impl Folder {
    /// Notes that the database was closed cleanly.
    pub(crate) fn closed(&self) {
        match self.0 {}
    }
}
