//! The thread that commits. It takes whatever waits, makes one transaction of it, and answers when that is on the disk.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::Surroundings;
use super::apply::Transaction;
use super::fault::Fault;
use super::open::{CLOSED, LOG, YES, checkpoint};
use super::trouble::Trouble;
use super::wal::{self, Mark};
use crate::store::decide::{Rows as _, decide};
use crate::store::{Operation, Outcome, StoreError};

/// The most operations that one commit takes.
const MAX_BATCH: usize = 512;

/// A log of so many pages is moved into the database: as many as SQLite itself would wait for.
const LOG_PAGES: u32 = 1000;

type Reply = oneshot::Sender<Result<Outcome, StoreError>>;

/// What waits for the thread.
#[derive(Default)]
pub(super) struct Queue {
    state: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    operations: VecDeque<(Operation, Reply)>,
    /// Whether somebody will wake the thread for what waits.
    led: bool,
    /// Whether the thread is to take it.
    ready: bool,
    closed: bool,
}

/// The turn to wake the thread. Dropping it is what wakes it: a client that goes away meanwhile does not leave the others
/// waiting.
struct Turn<'a>(&'a Queue);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.lock().ready = true;
        self.0.changed.notify_one();
    }
}

/// What happens when the thread ends, however it does: nobody waits for it any more.
struct End<'a>(&'a Queue);

impl Drop for End<'_> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.closed = true;
        state.operations.clear();
    }
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an operation and waits for its answer.
    pub(super) async fn carry_out(&self, operation: Operation) -> Result<Outcome, StoreError> {
        let closed = || StoreError::Stopped("it is closed".into());
        let (reply, answer) = oneshot::channel();
        let leads = {
            let mut state = self.lock();
            if state.closed {
                return Err(closed());
            }
            state.operations.push_back((operation, reply));
            !std::mem::replace(&mut state.led, true)
        };
        if leads {
            let turn = Turn(self);
            // First, all requests that have come are heard: what they want goes into the same commit, and the thread is
            // woken once for all of them.
            crate::store::yield_now().await;
            drop(turn);
        }
        answer.await.map_err(|_| closed())?
    }

    /// Nothing is added any more. What waits is carried out.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_one();
    }

    /// What waits; `None` when nothing will.
    fn take(&self) -> Option<Vec<(Operation, Reply)>> {
        let mut state = self.lock();
        loop {
            if (state.ready || state.closed) && !state.operations.is_empty() {
                let count = state.operations.len().min(MAX_BATCH);
                let batch = state.operations.drain(..count).collect();
                if state.operations.is_empty() {
                    (state.led, state.ready) = (false, false);
                }
                return Some(batch);
            }
            if state.closed {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// The thread's own state.
pub(super) struct Committer {
    connection: Connection,
    /// Pages in the log after the last commit, which SQLite says.
    pages: Arc<AtomicU32>,
    log: std::path::PathBuf,
    mark: Mark,
    /// Whether the whole log has reached the database, so that the next commit begins a new one.
    begins_anew: bool,
    surroundings: Arc<dyn Surroundings>,
    stopped: Option<String>,
    trouble: Arc<Trouble>,
}

impl Committer {
    pub(super) fn new(
        mut connection: Connection,
        database: &std::path::Path,
        number: i64,
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
            pages,
            log: wal::path_of(database),
            mark: Mark { salts: 0, frames: 0, number },
            begins_anew: true,
            surroundings,
            stopped: None,
            trouble,
        })
    }

    /// Works until the queue is closed and empty; whether the database was left without a log.
    pub(super) fn run(mut self, queue: &Queue) -> bool {
        let _end = End(queue);
        while let Some(batch) = queue.take() {
            self.carry_out(batch);
            if self.pages.load(Ordering::Relaxed) >= LOG_PAGES {
                self.move_log();
            }
        }
        if self.stopped.is_some() || !self.surroundings.may_move_log() {
            // What is in the log must be read by the next start. Moving it now could lose it.
            let _ = self.connection.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
            return false;
        }
        // On a full disk, there is room once the log is moved.
        let is_noted = self.note_closed() || (checkpoint(&self.connection).is_ok() && self.note_closed());
        checkpoint(&self.connection).is_ok() && self.connection.close().is_ok() && is_noted
    }

    /// Notes in the database itself that it was closed, so that a copy of it tells that nothing is missing.
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
            // Nothing is changed in files that somebody has put aside.
            for (_, reply) in batch {
                let _ = reply.send(Err(StoreError::Gone));
            }
            return;
        }
        let operations: Vec<&Operation> = batch.iter().map(|(operation, _)| operation).collect();
        let committed = self.commit(&operations);
        self.trouble.note(&committed);
        match committed {
            Ok(outcomes) => {
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
            // One that fails must not spoil the others: each one alone.
            Err(_) => {
                for pair in batch {
                    self.carry_out(vec![pair]);
                }
            }
        }
    }

    fn commit(&mut self, operations: &[&Operation]) -> Result<Vec<Outcome>, StoreError> {
        if let Some(why) = &self.stopped {
            return Err(StoreError::Stopped(why.clone()));
        }
        match self.transaction(operations) {
            Ok(outcomes) => {
                self.note_log();
                Ok(outcomes)
            }
            Err(fault) => {
                if !self.connection.is_autocommit() {
                    let _ = self.connection.execute_batch("ROLLBACK");
                }
                let error = self.error_of(fault);
                match &error {
                    StoreError::Stopped(why) => self.stopped = Some(why.clone()),
                    // A log that begins anew needs no more space.
                    StoreError::Full => self.move_log(),
                    _ => {}
                }
                Err(error)
            }
        }
    }

    fn transaction(&mut self, operations: &[&Operation]) -> Result<Vec<Outcome>, Fault> {
        // IMMEDIATE: what is read here still stands when it is written, also where another process writes.
        self.connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let mut rows = Transaction::new(&self.connection);
        let outcomes: Result<Vec<Outcome>, Fault> =
            operations.iter().map(|operation| decide(&mut rows, operation)).collect();
        let outcomes = outcomes?;
        if self.begins_anew {
            rows.put_setting(LOG, &(self.mark.number + 1).to_string())?;
        }
        self.connection.prepare_cached("COMMIT")?.execute([])?;
        if self.begins_anew {
            self.mark.number += 1;
            // They are read again: the new log may at once be longer than the one before.
            self.mark.salts = 0;
            self.begins_anew = false;
        }
        Ok(outcomes)
    }

    /// The error of a write. One that was refused for lack of space did not happen, and can be tried again.
    fn error_of(&self, fault: Fault) -> StoreError {
        if fault.is_refused_write() && self.surroundings.are_full() { StoreError::Full } else { fault.of_write() }
    }

    /// Notes how far the log goes now, outside of it.
    fn note_log(&mut self) {
        let frames = self.pages.load(Ordering::Relaxed);
        if frames <= self.mark.frames || self.mark.salts == 0 {
            let Ok(Some(salts)) = wal::salts_of(&self.log) else { return };
            self.mark.salts = salts;
        }
        self.mark.frames = frames;
        self.surroundings.committed(self.mark);
    }

    /// Moves the log into the database. SQLite itself would ignore what goes wrong there.
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
