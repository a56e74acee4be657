//! The store in a PostgreSQL database, which many processes can share. All SQL for it is in this folder.
//!
//! Processes keep a copy of some rows. Each statement of a request therefore compares the generation that the process
//! had when the request began (`seen`) with the one of the database, and does nothing if they differ.

mod apply;
mod aside;
mod collected;
pub(crate) mod connect;
mod copied;
mod fault;
mod flight;
mod generation;
mod hot;
mod identities;
mod open;
mod open_error;
mod queue;
mod read;
mod row;
mod rows;
mod schema;
mod secret;
mod shared;
#[cfg(test)]
pub(crate) mod tests;
mod transaction;
mod trouble;
mod watch;
mod whole_state;
mod worker;

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::Handle;

use super::failure::{Failure, StoreError};
use hot::confirm::Confirm;
use shared::Shared;
use worker::{Queues, Worker};

/// A store in a PostgreSQL database.
pub(crate) struct Postgres {
    shared: Arc<Shared>,
    queues: Arc<Queues>,
    /// The runtime of the worker.
    handle: Handle,
    worker: Mutex<Option<Worker>>,
}

/// The error of a store that was closed.
fn closed() -> StoreError {
    StoreError::Stopped("it is closed".into())
}

impl Postgres {
    /// Confirms that what the process has copied is up to date.
    pub(in crate::store) async fn confirm(&self, seen: i64) -> Result<(), Failure> {
        self.queues.confirm.ask(Confirm { seen }).await
    }

    /// Says whether the process is starting. Operations may take longer then.
    pub(crate) fn set_starting(&self, starts: bool) {
        self.shared.starts.store(starts, Ordering::Relaxed);
    }

    /// Returns what prevents work at present. It does not block.
    pub(super) fn trouble(&self) -> Option<StoreError> {
        self.shared.trouble.now()
    }

    /// Executes the waiting operations and refuses later ones. Returns whether everything was written.
    pub(super) fn close(&self) -> bool {
        self.shared.closed.store(true, Ordering::Relaxed);
        let worker = self.worker.lock().unwrap_or_else(PoisonError::into_inner).take();
        worker.is_some_and(Worker::stop)
    }

    /// Executes a future on the worker's runtime.
    async fn on_worker<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Failure>> + Send + 'static,
    ) -> Result<T, Failure> {
        if self.shared.closed.load(Ordering::Relaxed) {
            return Err(closed().into());
        }
        let turn = Arc::clone(&self.shared.work);
        let task = self.handle.spawn(async move {
            let _turn = turn.read_owned().await;
            work.await
        });
        task.await.unwrap_or_else(|_| Err(closed().into()))
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.close();
    }
}
