//! The store in a SQLite database. All SQL of this crate is in this folder.

mod apply;
mod check;
mod commit;
mod fault;
mod identities;
mod migrate;
pub(crate) mod open;
mod queue;
mod read;
mod row;
mod schema;
pub(crate) mod surroundings;
#[cfg(test)]
pub(crate) mod tests;
mod trouble;
pub(crate) mod wal;
mod whole_state;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;

use super::failure::StoreError;
use super::operation::{Operation, Outcome};
use commit::Committer;
use queue::Queue;
use read::Readers;
use surroundings::Surroundings;
use trouble::Trouble;

/// The stack size of the commit thread, in bytes.
const STACK: usize = 512 * 1024;

/// A store in a SQLite database.
pub(crate) struct Sqlite {
    queue: Arc<Queue>,
    pub(super) readers: Readers,
    thread: Mutex<Option<JoinHandle<bool>>>,
    surroundings: Arc<dyn Surroundings>,
    trouble: Arc<Trouble>,
}

impl Sqlite {
    fn start(
        connection: Connection,
        path: PathBuf,
        log: i64,
        surroundings: Arc<dyn Surroundings>,
    ) -> std::io::Result<Self> {
        let trouble = Arc::new(Trouble::default());
        let committer = Committer::new(connection, &path, log, Arc::clone(&surroundings), Arc::clone(&trouble))
            .map_err(|error| std::io::Error::other(error.to_string()))?;
        let queue = Arc::new(Queue::default());
        let works_on = Arc::clone(&queue);
        let thread = std::thread::Builder::new()
            .name("commit".into())
            .stack_size(STACK)
            .spawn(move || committer.run(&works_on))?;
        let readers = Readers::new(path, Arc::clone(&surroundings));
        Ok(Self { queue, readers, thread: Mutex::new(Some(thread)), surroundings, trouble })
    }

    pub(super) async fn apply(&self, operation: Operation) -> Result<Outcome, StoreError> {
        self.queue.carry_out(operation).await
    }

    /// Returns the error that currently prevents writes, if there is one. It does not block.
    pub(super) fn trouble(&self) -> Option<StoreError> {
        if self.surroundings.are_still_there() { self.trouble.now() } else { Some(StoreError::Gone) }
    }

    /// Executes the waiting operations. Returns whether the database was closed completely, without a log beside it.
    pub(super) fn close(&self) -> bool {
        self.queue.close();
        self.readers.close();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        thread.is_some_and(|thread| thread.join().unwrap_or(false))
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        self.close();
    }
}
