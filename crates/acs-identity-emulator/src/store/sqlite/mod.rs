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
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;

use super::failure::StoreError;
use super::operation::{Operation, Outcome};
use commit::{Begin, Committer};
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

/// A commit thread that waits for its database. It is started before the database is changed, because the system may
/// refuse another thread.
pub(crate) struct CommitThread {
    thread: JoinHandle<bool>,
    queue: Arc<Queue>,
    committer: Sender<Committer>,
}

impl CommitThread {
    pub(crate) fn start() -> std::io::Result<Self> {
        let queue = Arc::new(Queue::default());
        let works_on = Arc::clone(&queue);
        let (committer, receiver) = channel::<Committer>();
        let thread = std::thread::Builder::new()
            .name("commit".into())
            .stack_size(STACK)
            .spawn(move || receiver.recv().is_ok_and(|committer| committer.run(&works_on)))?;
        Ok(Self { thread, queue, committer })
    }

    fn serve(
        self,
        connection: Connection,
        path: PathBuf,
        begin: Begin,
        surroundings: Arc<dyn Surroundings>,
    ) -> rusqlite::Result<Sqlite> {
        let trouble = Arc::new(Trouble::default());
        let committer = Committer::new(connection, &path, begin, Arc::clone(&surroundings), Arc::clone(&trouble))?;
        // The thread waits, so this cannot fail.
        let _ = self.committer.send(committer);
        let readers = Readers::new(path, Arc::clone(&surroundings));
        Ok(Sqlite { queue: self.queue, readers, thread: Mutex::new(Some(self.thread)), surroundings, trouble })
    }
}

impl Sqlite {
    pub(super) async fn apply(&self, operation: Operation) -> Result<Outcome, StoreError> {
        match operation {
            // Most starts settle nothing, and need not wait for the commit thread then.
            Operation::Settle { now } if !self.readers.is_due(now)? => Ok(Outcome::Done),
            operation => self.queue.carry_out(operation).await,
        }
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
