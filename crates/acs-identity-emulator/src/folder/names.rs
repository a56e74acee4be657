//! The names of the files in a data folder.

/// The name of the database file.
pub const DATABASE_FILE: &str = "identities.db";

/// The name of the lock file.
#[cfg(feature = "sqlite")]
pub(super) const LOCK_FILE: &str = "lock";

/// The name of SQLite's write-ahead log.
#[cfg(feature = "sqlite")]
pub(super) const LOG_FILE: &str = "identities.db-wal";
