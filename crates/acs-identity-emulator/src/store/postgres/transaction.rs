//! A transaction of several statements, on a thread that may block.

use std::time::{Duration, Instant};

use tokio_postgres::Row;
use tokio_postgres::types::Type;

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
    /// All must have ended at the moment until which the connection was asked for.
    Together,
    /// Each may take so long.
    Each(Duration),
}

/// How long before the end the wait for a lock is given up, so that the server says why.
const BEFORE_END: Duration = Duration::from_millis(300);

/// How long a transaction that is alone may wait for a lock. Meanwhile, others wait for it.
pub(super) const LOCK: Duration = OPERATION.saturating_sub(BEFORE_END);

fn lock_time(end: Instant) -> Duration {
    end.saturating_duration_since(machine::instant()).saturating_sub(BEFORE_END)
}

/// An open transaction. Nothing is changed unless it is committed.
pub(super) struct Transaction {
    inner: connect::Transaction,
    pub(super) time: Time,
}

impl Transaction {
    /// Begins a transaction. It must be called on a thread of the worker's runtime that may block.
    /// There must be a connection at a moment.
    pub(super) fn begin(shared: &Shared, isolation: Isolation, time: Time, connected: Instant) -> Result<Self, Fault> {
        let inner = block_on(async {
            let mut lease = shared.pool.lease(connected).await?;
            if let Time::Each(time) = time {
                lease.extend(machine::instant() + time);
            }
            lease.begin(isolation).await
        })?;
        Ok(Self { inner, time })
    }

    /// Begins a transaction that is alone: no other process writes until it ends. Whatever it waits for, and its
    /// statements, must come to an end at a moment.
    pub(super) fn begin_alone(shared: &Shared, end: Instant) -> Result<Self, Fault> {
        let mut transaction = Self::begin(shared, Isolation::Alone(lock_time(end)), Time::Together, end)?;
        transaction.query("LOCK TABLE gate IN EXCLUSIVE MODE", &[])?;
        Ok(transaction)
    }

    /// Lets the statements of a transaction that is alone take long. For locks, they wait until the former end.
    pub(super) fn take_long(&mut self, end: Instant) -> Result<(), Fault> {
        let wait = lock_time(end).as_millis().max(1).to_string();
        self.query("SELECT set_config('lock_timeout', $1, true)", &[(&wait, Type::TEXT)])?;
        self.time = Time::Each(LONG);
        Ok(())
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
