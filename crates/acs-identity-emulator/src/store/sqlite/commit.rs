//! The commit thread. It takes all waiting operations from the [queue](super::queue), executes them in one transaction,
//! and replies when the commit is on the disk.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use rusqlite::Connection;

use super::apply::{Transaction, setting};
use super::fault::Fault;
use super::open::{CLOSED, LOG, YES, checkpoint};
use super::queue::{End, Queue, Reply};
use super::surroundings::Surroundings;
use super::trouble::Trouble;
use super::wal::{self, Mark};
use crate::store::decide::{Rows as _, decide};
use crate::store::failure::StoreError;
use crate::store::operation::{Operation, Outcome};

/// When the log has this many pages, it is moved into the database. SQLite uses the same number by default.
const LOG_PAGES: u32 = 1000;

/// What the thread does with the database before everything else. Returns whether it has succeeded.
pub(super) type Begin = Box<dyn FnOnce(&Connection) -> bool + Send>;

/// The state of the thread.
pub(super) struct Committer {
    connection: Connection,
    begin: Option<Begin>,
    /// The number of pages in the log after the last commit, as SQLite reports it.
    pages: Arc<AtomicU32>,
    log: std::path::PathBuf,
    mark: Mark,
    /// Whether the whole log is in the database, so that the next commit starts a new log.
    begins_anew: bool,
    surroundings: Arc<dyn Surroundings>,
    stopped: Option<String>,
    trouble: Arc<Trouble>,
}

/// A transaction that is on the disk.
struct Committed {
    outcomes: Vec<Outcome>,
    /// Whether it changed a row.
    has_written: bool,
}

impl Committer {
    pub(super) fn new(
        mut connection: Connection,
        database: &std::path::Path,
        begin: Begin,
        surroundings: Arc<dyn Surroundings>,
        trouble: Arc<Trouble>,
    ) -> rusqlite::Result<Self> {
        let pages = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&pages);
        connection.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, pages: i32| {
            counted.store(u32::try_from(pages).unwrap_or(0), Ordering::Relaxed);
            Ok(())
        }))?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(Self {
            connection,
            begin: Some(begin),
            pages,
            log: wal::path_of(database),
            mark: Mark { salts: 0, frames: 0, number: 0 },
            begins_anew: true,
            surroundings,
            stopped: None,
            trouble,
        })
    }

    /// Works until the queue is closed and empty. Returns whether the database was closed without a log beside it.
    pub(super) fn run(mut self, queue: &Queue) -> bool {
        let _end = End(queue);
        if !self.begin() {
            return false;
        }
        while let Some(batch) = queue.take() {
            self.carry_out(batch);
            if self.pages.load(Ordering::Relaxed) >= LOG_PAGES {
                self.move_log();
            }
        }
        if self.stopped.is_some() || !self.surroundings.may_move_log() {
            // The next start must read the log. Moving it into the database now could lose data.
            let _ = self.connection.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
            return false;
        }
        // On a full disk, moving the log makes room for the note.
        let is_noted = self.note_closed() || (checkpoint(&self.connection).is_ok() && self.note_closed());
        checkpoint(&self.connection).is_ok() && self.connection.close().is_ok() && is_noted
    }

    fn begin(&mut self) -> bool {
        let has_begun = self.begin.take().is_some_and(|begin| begin(&self.connection));
        let number = setting(&self.connection, LOG).ok().flatten();
        self.mark.number = number.and_then(|number| number.parse().ok()).unwrap_or(0);
        // The log is empty now.
        self.pages.store(0, Ordering::Relaxed);
        has_begun
    }

    /// Records in the database itself that it was closed, so that a copy of the file shows that nothing is missing.
    fn note_closed(&self) -> bool {
        let noted = (|| {
            self.connection.execute_batch("BEGIN IMMEDIATE")?;
            Transaction::new(&self.connection).put_setting(CLOSED, YES)?;
            Ok::<(), Fault>(self.connection.execute_batch("COMMIT")?)
        })();
        if noted.is_err() && !self.connection.is_autocommit() {
            let _ = self.connection.execute_batch("ROLLBACK");
        }
        noted.is_ok()
    }

    fn carry_out(&mut self, batch: Vec<(Operation, Reply)>) {
        if !self.surroundings.are_still_there() {
            // Files that another program has replaced or moved must not be changed.
            for (_, reply) in batch {
                let _ = reply.send(Err(StoreError::Gone));
            }
            return;
        }
        let operations: Vec<&Operation> = batch.iter().map(|(operation, _)| operation).collect();
        let committed = self.commit(&operations);
        // A commit that wrote nothing does not show that the disk has space again.
        if committed.as_ref().map_or(true, |committed| committed.has_written) {
            self.trouble.note(&committed);
        }
        match committed {
            Ok(Committed { outcomes, .. }) => {
                let gone = !self.surroundings.are_still_there();
                for ((_, reply), outcome) in batch.into_iter().zip(outcomes) {
                    let _ = reply.send(if gone { Err(StoreError::Gone) } else { Ok(outcome) });
                }
            }
            Err(error) if batch.len() == 1 || matches!(error, StoreError::Stopped(_)) => {
                for (_, reply) in batch {
                    let _ = reply.send(Err(error.clone()));
                }
            }
            // If the batch fails, each operation is executed alone, so that a failing operation does not affect the
            // others.
            Err(_) => {
                for pair in batch {
                    self.carry_out(vec![pair]);
                }
            }
        }
    }

    fn commit(&mut self, operations: &[&Operation]) -> Result<Committed, StoreError> {
        if let Some(why) = &self.stopped {
            return Err(StoreError::Stopped(why.clone()));
        }
        match self.transaction(operations) {
            Ok(committed) => {
                self.note_log();
                Ok(committed)
            }
            Err(fault) => {
                if !self.connection.is_autocommit() {
                    let _ = self.connection.execute_batch("ROLLBACK");
                }
                let error = self.error_of(fault);
                match &error {
                    StoreError::Stopped(why) => self.stopped = Some(why.clone()),
                    // A new log overwrites the old one, so it needs no additional space.
                    StoreError::Full => self.move_log(),
                    _ => {}
                }
                Err(error)
            }
        }
    }

    fn transaction(&mut self, operations: &[&Operation]) -> Result<Committed, Fault> {
        // IMMEDIATE takes the write lock first. So the rows that are read here stay unchanged until they are written,
        // even if another process writes.
        self.connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let before = self.connection.total_changes();
        let mut rows = Transaction::new(&self.connection);
        let outcomes: Result<Vec<Outcome>, Fault> =
            operations.iter().map(|operation| decide(&mut rows, operation)).collect();
        let outcomes = outcomes?;
        // A batch that changes nothing writes nothing, and so begins no log. Most starts have only such batches.
        let has_written = self.connection.total_changes() != before;
        let begins_log = self.begins_anew && has_written;
        if begins_log {
            rows.put_setting(LOG, &(self.mark.number + 1).to_string())?;
        }
        if has_written {
            self.surroundings.will_change()?;
        }
        self.connection.prepare_cached("COMMIT")?.execute([])?;
        if begins_log {
            self.mark.number += 1;
            // The salts must be read again, because the new log may already be longer than the previous one.
            self.mark.salts = 0;
            self.begins_anew = false;
        }
        Ok(Committed { outcomes, has_written })
    }

    /// Returns the error of a write. A write that was refused for lack of space had no effect, and can be tried again.
    fn error_of(&self, fault: Fault) -> StoreError {
        if fault.is_refused_write() && self.surroundings.are_full() { StoreError::Full } else { fault.of_write() }
    }

    /// Records the current length of the log outside of the log.
    fn note_log(&mut self) {
        let frames = self.pages.load(Ordering::Relaxed);
        if frames <= self.mark.frames || self.mark.salts == 0 {
            let Ok(Some(salts)) = wal::salts_of(&self.log) else { return };
            self.mark.salts = salts;
        }
        self.mark.frames = frames;
        self.surroundings.committed(self.mark);
    }

    /// Moves the log into the database. SQLite's automatic move would ignore errors.
    fn move_log(&mut self) {
        if self.stopped.is_some() || self.begins_anew || !self.surroundings.may_move_log() {
            return;
        }
        let moved = self.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
        });
        match moved {
            Ok((busy, pages, moved)) => self.begins_anew = busy == 0 && pages == moved,
            Err(error) => {
                if let StoreError::Stopped(why) = self.error_of(Fault::from(error)) {
                    self.stopped = Some(why);
                }
            }
        }
    }
}
