//! The store: one SQLite database, one task at a time that commits whatever queued up together, readers that it does not
//! block.

mod read;
mod schema;
mod write;

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OpenFlags};
use tokio::sync::oneshot;

pub(crate) use read::{AssignmentRow, IdentityRow};
pub(crate) use write::{Outcome, Write};

use crate::error::Error;
use crate::keys::files;

const DATABASE_FILE: &str = "identities.db";
const LOCK_FILE: &str = "lock";

/// The most writes that one commit takes.
const MAX_BATCH: usize = 512;

/// A write that failed, for the log.
pub(crate) type StoreError = String;

type Reply = oneshot::Sender<Result<Outcome, StoreError>>;

/// The store.
pub(crate) struct Store {
    writer: Writer,
    readers: Readers,
    /// Held as long as the store is open, so that a second process is refused.
    _lock: Option<File>,
}

/// The turn to commit. Dropping it commits whatever waits, until nothing does.
struct Turn<'a>(&'a Writer);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        while let Some(batch) = self.0.take() {
            self.0.commit(batch);
        }
    }
}

/// What commits.
struct Writer {
    queue: Mutex<Queue>,
    connection: Mutex<Connection>,
}

#[derive(Default)]
struct Queue {
    waiting: Vec<(Write, Reply)>,
    /// Whether a task commits already, which will find what is added.
    committing: bool,
    closed: bool,
}

enum Readers {
    /// Connections of their own, for a file.
    Pool { path: PathBuf, idle: Mutex<Vec<Connection>> },
    /// The writer's connection, for memory.
    Shared,
}

impl Store {
    /// Opens the store in a folder, or one in memory.
    pub(crate) fn open(folder: Option<&Path>) -> Result<Self, Error> {
        let (connection, readers, lock) = match folder {
            Some(folder) => {
                let lock = lock(folder)?;
                let path = folder.join(DATABASE_FILE);
                let connection = open_file(&path)?;
                (Mutex::new(connection), Readers::Pool { path, idle: Mutex::default() }, Some(lock))
            }
            None => {
                let path = Path::new(":memory:");
                let fail = |error: rusqlite::Error| Error::Database(path.to_owned(), error.to_string());
                let connection = Connection::open_in_memory().map_err(fail)?;
                schema::migrate(&connection).map_err(|what| Error::Database(path.to_owned(), what))?;
                (Mutex::new(connection), Readers::Shared, None)
            }
        };
        Ok(Self { writer: Writer { queue: Mutex::default(), connection }, readers, _lock: lock })
    }

    /// Writes; returns when it is durable.
    pub(crate) async fn write(&self, write: Write) -> Result<Outcome, StoreError> {
        let closed = || "the store is closed".to_owned();
        let (reply, answer) = oneshot::channel();
        let leads = {
            let mut queue = lock_of(&self.writer.queue);
            if queue.closed {
                return Err(closed());
            }
            queue.waiting.push((write, reply));
            !std::mem::replace(&mut queue.committing, true)
        };
        if leads {
            // Whoever finds no commit under way makes the next one, here: handing over to another thread and back takes
            // longer than most commits. A client that goes away meanwhile does not take the others' writes with it,
            // because dropping the turn is what commits.
            let turn = Turn(&self.writer);
            // First, all requests that have come are heard: what they write goes into the same commit. In memory, too:
            // answers that leave together wake their client once.
            tokio::task::yield_now().await;
            drop(turn);
        }
        answer.await.map_err(|_| closed())?
    }

    /// Reads with a connection that nobody else uses meanwhile.
    fn read<T>(&self, read: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        let text = |error: rusqlite::Error| error.to_string();
        match &self.readers {
            Readers::Shared => read(&lock_of(&self.writer.connection)).map_err(text),
            Readers::Pool { path, idle } => {
                let taken = lock_of(idle).pop();
                let connection = match taken {
                    Some(connection) => connection,
                    None => open_reader(path).map_err(text)?,
                };
                let result = read(&connection).map_err(text);
                lock_of(idle).push(connection);
                result
            }
        }
    }

    /// Writes what is queued, and nothing that comes later.
    pub(crate) fn close(&self) {
        lock_of(&self.writer.queue).closed = true;
        drop(Turn(&self.writer));
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.close();
    }
}

fn lock_of<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn lock(folder: &Path) -> Result<File, Error> {
    let path = folder.join(LOCK_FILE);
    let file = files::open_private(&path, false).map_err(|error| Error::File(path.clone(), error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::InUse(folder.to_owned())),
        Err(TryLockError::Error(error)) => Err(Error::File(path, error)),
    }
}

fn open_file(path: &Path) -> Result<Connection, Error> {
    let fail = |what: String| Error::Database(path.to_owned(), what);
    let sql = |error: rusqlite::Error| refused(path, &error);
    let is_new = !path.exists();
    let connection = Connection::open(path).map_err(sql)?;
    #[cfg(unix)]
    if is_new {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(path, mode).map_err(|error| Error::File(path.to_owned(), error))?;
    }
    let _ = is_new;
    if !is_new {
        // A damaged file is reported before anything is written into it.
        let check: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(sql)?;
        if check != "ok" {
            return Err(Error::Damaged(
                path.to_owned(),
                format!("it is damaged ({check}); move it away to start anew"),
            ));
        }
    }
    // FULL: a commit is on the disk when it returns.
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;").map_err(sql)?;
    schema::migrate(&connection).map_err(fail)?;
    Ok(connection)
}

fn refused(path: &Path, error: &rusqlite::Error) -> Error {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt) => Error::Damaged(
            path.to_owned(),
            format!("it is damaged or not a database ({error}); move it away to start anew"),
        ),
        _ => Error::Database(path.to_owned(), error.to_string()),
    }
}

fn open_reader(path: &Path) -> rusqlite::Result<Connection> {
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    Ok(connection)
}

impl Writer {
    /// What waits, as much as one commit takes; where nothing does, the next one to write leads.
    fn take(&self) -> Option<Vec<(Write, Reply)>> {
        let mut queue = lock_of(&self.queue);
        if queue.waiting.is_empty() {
            queue.committing = false;
            return None;
        }
        let count = queue.waiting.len().min(MAX_BATCH);
        Some(queue.waiting.drain(..count).collect())
    }

    fn commit(&self, batch: Vec<(Write, Reply)>) {
        let connection = lock_of(&self.connection);
        let writes: Vec<&Write> = batch.iter().map(|(write, _)| write).collect();
        match commit(&connection, &writes) {
            Ok(outcomes) => {
                for ((_, reply), outcome) in batch.into_iter().zip(outcomes) {
                    let _ = reply.send(Ok(outcome));
                }
            }
            // One bad write must not spoil the others: each one alone.
            Err(_) => {
                for (write, reply) in batch {
                    let outcome = commit(&connection, &[&write]);
                    let outcome = outcome.map_err(|error| error.to_string());
                    let _ = reply.send(outcome.and_then(|mut all| all.pop().ok_or_else(|| "no outcome".to_owned())));
                }
            }
        }
    }
}

fn commit(connection: &Connection, writes: &[&Write]) -> rusqlite::Result<Vec<Outcome>> {
    if let [write] = writes
        && write.is_atomic()
    {
        return Ok(vec![write::apply(connection, write)?]);
    }
    let transaction = connection.unchecked_transaction()?;
    let outcomes: rusqlite::Result<Vec<Outcome>> =
        writes.iter().map(|write| write::apply(&transaction, write)).collect();
    let outcomes = outcomes?;
    transaction.commit()?;
    Ok(outcomes)
}
