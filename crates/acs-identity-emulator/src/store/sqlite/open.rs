//! Opening a database: what is wrong with it is named, and until all is right, nothing in it changes.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::apply::{Transaction, setting};
use super::fault::Fault;
use super::schema::{self, Origin};
use super::{Sqlite, Surroundings, check, migrate};
use crate::store::decide::Rows as _;
use crate::store::{StoreError, sqlite};

/// The setting that says which run of an emulator opened the database last.
const RUN: &str = "run";

/// The setting that says which resource it is.
const RESOURCE: &str = "resource_id";

/// The setting that says that the signing keys of the version before were looked for.
const SIGNING_KEYS: &str = "signing_keys";

/// The setting that says which write-ahead log reached the database last.
pub(super) const LOG: &str = "log";

/// Why a database is not opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It is damaged, or was damaged outside.
    Damaged(String),
    /// It is not ours, or of a newer emulator.
    Foreign(String),
    /// It cannot be opened or written.
    Store(StoreError),
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        match fault.of_write() {
            StoreError::Damaged { what } => Self::Damaged(what),
            StoreError::Stopped(text) => Self::Store(StoreError::Failed(text)),
            other => Self::Store(other),
        }
    }
}

impl From<rusqlite::Error> for Refused {
    fn from(error: rusqlite::Error) -> Self {
        Fault::from(error).into()
    }
}

/// The setting that says whether that run has closed it.
pub(super) const CLOSED: &str = "closed";
pub(super) const YES: &str = "yes";
const NO: &str = "no";

/// What the database file says without its write-ahead log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct InFile {
    /// Which run opened it last.
    pub(crate) run: Option<String>,
    /// The number of the last log that reached it.
    pub(crate) log: i64,
    /// Whether that run has closed it; `None` where it did not say so.
    pub(crate) was_closed: Option<bool>,
}

/// Reads that. Nothing is locked or recovered, so this is for a database that nobody has open. `None` where the file cannot
/// be read alone: it is damaged, or the log was being moved into it when that was cut off, which the log mends.
pub(crate) fn in_file(path: &Path) -> Option<InFile> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let mut uri = "file:".to_owned();
    for byte in path.as_os_str().as_encoded_bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-".contains(byte) {
            uri.push(char::from(*byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    let connection = Connection::open_with_flags(uri + "?immutable=1", flags).ok()?;
    if schema::origin(&connection).ok()? != Origin::Present {
        return Some(InFile::default());
    }
    let log = setting(&connection, LOG).ok()?.and_then(|text| text.parse().ok()).unwrap_or(0);
    let was_closed = setting(&connection, CLOSED).ok()?.map(|value| value == YES);
    Some(InFile { run: setting(&connection, RUN).ok()?, log, was_closed })
}

/// A database that was found good, and not changed yet.
pub(crate) struct Checked {
    connection: Connection,
    path: PathBuf,
    origin: Origin,
}

impl Checked {
    /// Opens a database and checks all of it.
    pub(crate) fn open(path: &Path) -> Result<Self, Refused> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        // Whoever closes it last moves the log into it otherwise, also one that was refused.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        let origin = schema::origin(&connection)?;
        match &origin {
            Origin::Foreign(why) => {
                return Err(Refused::Foreign(format!("it is not a database of the emulator: {why}")));
            }
            Origin::Newer(version) => {
                let known = schema::VERSION;
                let why = format!("it was made by a newer emulator (schema {version}, known up to {known})");
                return Err(Refused::Foreign(why));
            }
            Origin::Damaged(what) => return Err(Refused::Damaged(what.clone())),
            Origin::New => {}
            Origin::Present | Origin::Restored(schema::VERSION) => {
                check::structure(&connection)?;
                check::rows(&connection)?;
            }
            Origin::Before(_) | Origin::Restored(_) => check::structure(&connection)?,
        }
        Ok(Self { connection, path: path.to_owned(), origin })
    }

    /// Whether nothing is in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.origin == Origin::New
    }

    /// Whether the tables are there, but not yet the resource that they are for: a first start that was cut off, or the log in
    /// which the resource stood is lost.
    pub(crate) fn lacks_resource(&self) -> Result<bool, Refused> {
        match self.origin {
            Origin::Present | Origin::Restored(schema::VERSION) => Ok(setting(&self.connection, RESOURCE)?.is_none()),
            _ => Ok(false),
        }
    }

    /// Whether it has identities, and its signing keys are still in the files of the version before.
    pub(crate) fn has_keys_in_files(&self) -> Result<bool, Refused> {
        let in_files = match self.origin {
            Origin::Before(_) => true,
            Origin::Present => setting(&self.connection, SIGNING_KEYS)?.is_none(),
            _ => false,
        };
        let has_identities = "SELECT EXISTS (SELECT 1 FROM identities)";
        Ok(in_files && self.connection.query_row(has_identities, [], |row| row.get(0))?)
    }

    /// Whether it is brought to the present schema by [`Self::begin`], or made.
    pub(crate) fn is_to_be_made(&self) -> bool {
        self.origin != Origin::Present
    }

    /// Brings it to the present schema, names the run that has it open, and begins to serve. All of that is durable when this
    /// returns. The lines are for the log.
    pub(crate) fn begin(
        self,
        run: &str,
        now: i64,
        surroundings: Arc<dyn Surroundings>,
    ) -> Result<(Sqlite, Vec<String>), Refused> {
        let Self { connection, path, origin } = self;
        // FULL: a commit is on the disk when it returns. The commit thread itself decides when the log is moved.
        connection
            .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;")?;
        // The first read is what opens the log.
        connection.query_row("PRAGMA schema_version", [], |_| Ok(()))?;
        surroundings.log_is_open(&path).map_err(|error| {
            let full = crate::files::is_full(&error);
            Refused::Store(if full { StoreError::Full } else { StoreError::Failed(error.to_string()) })
        })?;
        connection.execute_batch("BEGIN IMMEDIATE")?;
        let lines = match begin(&connection, &origin, run, now) {
            Ok(lines) => lines,
            Err(fault) => {
                let _ = connection.execute_batch("ROLLBACK");
                return Err(fault.into());
            }
        };
        connection.execute_batch("COMMIT")?;
        checkpoint(&connection)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
        let log = setting(&connection, LOG)?.and_then(|text| text.parse().ok()).unwrap_or(0);
        let sqlite = sqlite::Sqlite::start(connection, path, log, surroundings)
            .map_err(|error| Refused::Store(StoreError::Failed(error.to_string())))?;
        Ok((sqlite, lines))
    }
}

fn begin(connection: &Connection, origin: &Origin, run: &str, now: i64) -> Result<Vec<String>, Fault> {
    let mut lines = Vec::new();
    match origin {
        Origin::New => schema::make(connection)?,
        Origin::Restored(schema::VERSION) => {
            schema::mark(connection)?;
            lines.push("the database was written from a dump; it is marked as the emulator's again".to_owned());
        }
        Origin::Before(version) | Origin::Restored(version) => {
            lines = migrate::migrate(connection, *version, now)?;
            check::rows(connection)?;
        }
        _ => {}
    }
    let mut rows = Transaction::new(connection);
    rows.put_setting(RUN, run)?;
    rows.put_setting(CLOSED, NO)?;
    Ok(lines)
}

/// Moves the whole log into the database file, and empties it.
pub(super) fn checkpoint(connection: &Connection) -> Result<(), Fault> {
    let busy: i64 = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    if busy == 0 {
        return Ok(());
    }
    Err(Fault::Sql(rusqlite::Error::SqliteFailure(
        rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY),
        Some("the database is in use by another program".into()),
    )))
}
