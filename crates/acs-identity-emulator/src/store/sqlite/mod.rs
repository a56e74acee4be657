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

use super::failure::{Failure, StoreError};
use super::operation::{Caller, Operation, Outcome, Snapshot};
use super::rows::{AccessKeyRow, AssignmentRow, DescribedIdentity, Filter, Kind, Name, SigningKeyRow, SigningSlot};
use super::whole_state::Visit;
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
    readers: Readers,
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

    pub(super) fn snapshot(&self, caller: Option<Caller>, user: Option<&str>) -> Result<Snapshot, Failure> {
        self.readers.snapshot(caller, user)
    }

    pub(super) fn has_custom_id(&self, custom_id: &str) -> Result<bool, Failure> {
        self.readers.has_custom_id(custom_id)
    }

    pub(super) fn identity_count(&self, caller: Caller) -> Result<u64, Failure> {
        self.readers.identity_count(caller)
    }

    pub(super) fn identities_after(
        &self,
        caller: Caller,
        filter: Option<&Filter>,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<DescribedIdentity>, Failure> {
        self.readers.identities_after(caller, filter, after, limit)
    }

    pub(super) fn described(&self, caller: Caller, name: Name<'_>) -> Result<Option<DescribedIdentity>, Failure> {
        self.readers.described(caller, name)
    }

    pub(super) fn assignments_of(
        &self,
        caller: Caller,
        kind: Kind,
        tenant: Option<&str>,
        objects: &[&str],
    ) -> Result<Vec<AssignmentRow>, Failure> {
        self.readers.assignments_of(caller, kind, tenant, objects)
    }

    pub(super) fn assignments_after(
        &self,
        caller: Caller,
        kind: Kind,
        after: Option<(&str, &str)>,
        limit: usize,
    ) -> Result<Vec<AssignmentRow>, Failure> {
        self.readers.assignments_after(caller, kind, after, limit)
    }

    pub(super) fn access_keys(&self) -> Result<Vec<AccessKeyRow>, Failure> {
        self.readers.access_keys()
    }

    pub(super) fn signing_key(&self, slot: SigningSlot) -> Result<Option<SigningKeyRow>, Failure> {
        self.readers.signing_key(slot)
    }

    pub(super) fn setting(&self, name: &str) -> Result<Option<String>, Failure> {
        self.readers.setting(name)
    }

    pub(super) fn visit_state(&self, caller: Caller, settings: &[&str], visit: &mut Visit<'_>) -> Result<(), Failure> {
        self.readers.visit_state(caller, settings, visit)
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
