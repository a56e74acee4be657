//! Opens a database. Problems are reported by name, and nothing in the database changes until all checks have passed.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::apply::{Transaction, setting};
use super::fault::Fault;
use super::schema::{self, Origin};
use super::surroundings::Surroundings;
use super::{CommitThread, Sqlite, check, migrate, read};
use crate::store::Values;
use crate::store::decide::Rows as _;
use crate::store::failure::StoreError;
use crate::store::rows::{SigningKeyRow, SigningSlot};

/// The setting with the id of the emulator run that opened the database last.
const RUN: &str = "run";

/// The setting with the id of the resource.
const RESOURCE: &str = "resource_id";

/// The setting that records that the signing keys of the previous version were looked for.
const SIGNING_KEYS: &str = "signing_keys";

/// The setting with the number of the write-ahead log that reached the database last.
pub(super) const LOG: &str = "log";

/// The reason why a database is not opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It is damaged, or another program has changed it.
    Damaged(String),
    /// It is not a database of the emulator, or it was made by a newer emulator.
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

/// The setting that records whether that run has closed the database.
pub(super) const CLOSED: &str = "closed";
pub(super) const YES: &str = "yes";
const NO: &str = "no";

/// The content of the database file without its write-ahead log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct InFile {
    /// The id of the run that opened it last.
    pub(crate) run: Option<String>,
    /// The number of the last log that reached it.
    pub(crate) log: i64,
    /// Whether that run has closed it. `None` if it is not recorded.
    pub(crate) was_closed: Option<bool>,
}

/// Reads the database file without its log. It locks and recovers nothing, so the database must not be open. Returns
/// `None` if the file cannot be read alone. Then it is damaged, or moving the log into it was interrupted; in the
/// second case the log repairs it.
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
    if !matches!(schema::origin(&connection).ok()?, Origin::Present | Origin::Before(schema::FIRST_WITH_CHECKSUMS..)) {
        return Some(InFile::default());
    }
    let log = setting(&connection, LOG).ok()?.and_then(|text| text.parse().ok()).unwrap_or(0);
    let was_closed = setting(&connection, CLOSED).ok()?.map(|value| value == YES);
    Some(InFile { run: setting(&connection, RUN).ok()?, log, was_closed })
}

/// A database that passed the checks and was not changed yet.
pub(crate) struct Checked {
    connection: Connection,
    path: PathBuf,
    origin: Origin,
}

impl Checked {
    /// Opens a database and checks all of it. `ahead` gets the values of one of the current schema before they are
    /// checked, and must not trust them.
    pub(crate) fn open(path: &Path, ahead: impl FnOnce(&dyn Values)) -> Result<Self, Refused> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        // By default, the last connection that closes moves the log into the database, even if the database was
        // refused.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        let origin = schema::origin(&connection)?;
        match &origin {
            Origin::Foreign(why) => {
                return Err(Refused::Foreign(format!("it is not a database of the emulator: {why}")));
            }
            Origin::Newer(version) => {
                let known = schema::VERSION;
                let why = format!(
                    "it was made by a newer emulator (schema {version}; this emulator supports schemas up to {known})"
                );
                return Err(Refused::Foreign(why));
            }
            Origin::Damaged(what) => return Err(Refused::Damaged(what.clone())),
            Origin::New => {}
            Origin::Present | Origin::Restored(schema::VERSION) => {
                if origin == Origin::Present {
                    ahead(&connection);
                }
                check::structure(&connection)?;
                check::rows(&connection)?;
            }
            Origin::Before(_) | Origin::Restored(_) => check::structure(&connection)?,
        }
        Ok(Self { connection, path: path.to_owned(), origin })
    }

    /// Returns whether the database is empty.
    pub(crate) fn is_empty(&self) -> bool {
        self.origin == Origin::New
    }

    /// Returns whether the tables exist, but not the resource. A first start was interrupted, or the log with the
    /// resource is lost.
    pub(crate) fn lacks_resource(&self) -> Result<bool, Refused> {
        Ok(self.origin.has_checksums() && setting(&self.connection, RESOURCE)?.is_none())
    }

    /// Returns whether it has identities while its signing keys are still in files of the previous version.
    pub(crate) fn has_keys_in_files(&self) -> Result<bool, Refused> {
        let in_files = match self.origin {
            Origin::Present | Origin::Before(schema::FIRST_WITH_CHECKSUMS..) => {
                setting(&self.connection, SIGNING_KEYS)?.is_none()
            }
            Origin::Before(_) => true,
            _ => false,
        };
        let has_identities = "SELECT EXISTS (SELECT 1 FROM identities)";
        Ok(in_files && self.connection.query_row(has_identities, [], |row| row.get(0))?)
    }

    /// Returns whether [`Self::begin`] will make the tables or migrate them to the current schema.
    pub(crate) fn is_to_be_made(&self) -> bool {
        self.origin != Origin::Present
    }

    /// Migrates the database to the current schema, records the run that has it open, and starts to serve. The commit
    /// thread does so before everything else, and [`Begun`] says when it is durable.
    pub(crate) fn begin(
        self,
        thread: CommitThread,
        run: String,
        now: i64,
        surroundings: Arc<dyn Surroundings>,
    ) -> Result<(Sqlite, Begun), Refused> {
        let Self { connection, path, origin } = self;
        // The commit thread decides when the log is moved, so the automatic move is off. OFF does not sync the log: one
        // sync is enough for what is recorded first.
        connection
            .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 0;")?;
        // SQLite opens the log at the first read.
        connection.query_row("PRAGMA schema_version", [], |_| Ok(()))?;
        surroundings.log_is_open(&path).map_err(of_system)?;
        let (sender, begun) = channel();
        let (database, around) = (path.clone(), Arc::clone(&surroundings));
        let begin = move |connection: &Connection| {
            let begun = record(connection, &origin, &run, now).and_then(|lines| {
                around.has_begun(&database, run).map_err(of_system)?;
                Ok(lines)
            });
            let has_begun = begun.is_ok();
            // Nobody waits if the start has failed for another reason.
            let _ = sender.send(begun);
            has_begun
        };
        Ok((thread.serve(connection, path, Box::new(begin), surroundings)?, Begun(begun)))
    }
}

/// The beginning of the work on a database, which may not be durable yet.
#[must_use]
pub(crate) struct Begun(Receiver<Result<Vec<String>, Refused>>);

impl Begun {
    /// Waits until it is durable. Returns lines for the log.
    pub(crate) fn wait(self) -> Result<Vec<String>, Refused> {
        let ended = || Refused::Store(StoreError::Failed("the thread that writes has ended".to_owned()));
        self.0.recv().unwrap_or_else(|_| Err(ended()))
    }
}

fn of_system(error: std::io::Error) -> Refused {
    let full = crate::files::is_full(&error);
    Refused::Store(if full { StoreError::Full } else { StoreError::Failed(error.to_string()) })
}

/// Migrates the database and records the run. All changes are durable when this returns.
fn record(connection: &Connection, origin: &Origin, run: &str, now: i64) -> Result<Vec<String>, Refused> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let lines = match begin(connection, origin, run, now) {
        Ok(lines) => lines,
        Err(fault) => {
            let _ = connection.execute_batch("ROLLBACK");
            return Err(fault.into());
        }
    };
    connection.execute_batch("COMMIT")?;
    // With NORMAL, this syncs the log before it changes the database.
    connection.execute_batch("PRAGMA synchronous = NORMAL")?;
    checkpoint(connection)?;
    // FULL means that a commit is on the disk when it returns.
    connection.execute_batch("PRAGMA synchronous = FULL")?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    Ok(lines)
}

impl Values for Connection {
    fn setting(&self, name: &str) -> Option<String> {
        setting(self, name).ok().flatten()
    }

    fn signing_key(&self, slot: SigningSlot) -> Option<SigningKeyRow> {
        read::signing_key(self, slot).ok().flatten()
    }
}

fn begin(connection: &Connection, origin: &Origin, run: &str, now: i64) -> Result<Vec<String>, Fault> {
    let mut lines = Vec::new();
    match origin {
        Origin::New => schema::make(connection)?,
        Origin::Restored(schema::VERSION) => {
            schema::mark(connection)?;
            lines.push(
                "the database was restored from a dump, and was marked again as a database of the emulator".to_owned(),
            );
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

/// Moves the whole log into the database file, and empties the log.
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
