//! A transaction of several statements, on a thread that may block.

use std::time::{Duration, Instant};

use tokio_postgres::Row;

use super::connect::{self, Isolation, OPERATION, Parameter};
use super::fault::Fault;
use super::hot::guard::{self, Guard};
use super::shared::Shared;
use crate::clock::machine;
use crate::store::block_on;
use crate::store::failure::Failure;

/// How long a statement that changes very many rows may take. That the server has gone is noticed earlier, by the
/// connection.
pub(super) const LONG: Duration = Duration::from_secs(600);

/// How long the statements of a transaction may take.
#[derive(Debug, Clone, Copy)]
pub(super) enum Time {
    /// All must have ended at that moment.
    Until(Instant),
    /// Each may take so long.
    Each(Duration),
}

/// An open transaction. Nothing is changed unless it is committed.
pub(super) struct Transaction {
    inner: connect::Transaction,
    pub(super) time: Time,
}

impl Transaction {
    /// Begins a transaction. It must be called on a thread of the worker's runtime that may block.
    pub(super) fn begin(shared: &Shared, isolation: Isolation, time: Time) -> Result<Self, Fault> {
        // A connection is there soon, or not at all.
        let end = match time {
            Time::Until(end) => end,
            Time::Each(_) => machine::instant() + OPERATION,
        };
        let inner = block_on(async { shared.pool.lease(end).await?.begin(isolation).await })?;
        Ok(Self { inner, time })
    }

    /// Begins a transaction that is alone: no other process writes until it ends.
    pub(super) fn begin_alone(shared: &Shared, time: Time) -> Result<Self, Fault> {
        let mut transaction = Self::begin(shared, Isolation::ReadCommitted, time)?;
        transaction.query("LOCK TABLE gate IN EXCLUSIVE MODE", &[])?;
        Ok(transaction)
    }

    /// Executes a statement, and waits for its rows.
    pub(super) fn query(&mut self, statement: &str, parameters: &[Parameter<'_>]) -> Result<Vec<Row>, Fault> {
        if let Time::Each(time) = self.time {
            self.inner.extend(machine::instant() + time);
        }
        Ok(block_on(self.inner.query(statement, parameters))?)
    }

    /// Checks whether what a process knows is up to date, and whether the caller's key is in force.
    pub(super) fn check(&mut self, guard: Guard) -> Result<Result<(), Failure>, Fault> {
        guard::check(guard, |statement, parameters| self.query(statement, parameters))
    }

    /// Makes the changes durable. If it fails with [`Fault::Lost`], it is unknown whether they are.
    pub(super) fn commit(mut self) -> Result<(), Fault> {
        if let Time::Each(time) = self.time {
            self.inner.extend(machine::instant() + time);
        }
        Ok(block_on(self.inner.commit())?)
    }

    /// Ends a transaction that has changed nothing.
    pub(super) fn end(self) {
        // If it fails, the connection is closed.
        let _ = block_on(self.inner.roll_back());
    }
}
