//! A transaction.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use tokio_postgres::Row;

use super::fault::{Effect, Fault};
use super::lease::Lease;
use super::session::Parameter;

/// What a transaction sees of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Isolation {
    /// Each statement sees what is committed when it begins. Rows can be written.
    ReadCommitted,
    /// All statements see what was committed when the first one began. Nothing can be written.
    Snapshot,
}

impl Isolation {
    fn begin(self) -> &'static str {
        match self {
            Self::ReadCommitted => "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
            Self::Snapshot => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }
}

/// A transaction. It is rolled back when it is dropped. A statement that is lost in it has no effect.
pub(crate) struct Transaction {
    lease: Lease,
    /// Whether a statement failed, so that nothing of the transaction can be committed.
    has_failed: AtomicBool,
}

impl Lease {
    /// Begins a transaction.
    pub(crate) async fn begin(self, isolation: Isolation) -> Result<Transaction, Fault> {
        self.transaction_begins();
        self.run(Effect::None, |session| session.batch(isolation.begin())).await?;
        Ok(Transaction { lease: self, has_failed: AtomicBool::new(false) })
    }
}

impl Transaction {
    /// Lets the statements end at another point in time.
    pub(crate) fn extend(&mut self, end: Instant) {
        self.lease.extend(end);
    }

    /// Executes a statement and returns its rows.
    pub(crate) async fn query(&self, sql: &str, parameters: &[Parameter<'_>]) -> Result<Vec<Row>, Fault> {
        let answer = self.lease.run(Effect::None, |session| session.query(sql, parameters)).await;
        self.note(answer)
    }

    /// Makes the changes durable.
    pub(crate) async fn commit(self) -> Result<(), Fault> {
        if self.has_failed.load(Ordering::Relaxed) {
            // The server would roll back, and report success.
            return Err(Fault::Unexpected("a transaction with a statement that failed cannot be committed".to_owned()));
        }
        self.lease.run(Effect::Unknown, |session| session.batch("COMMIT")).await?;
        self.lease.transaction_ended();
        Ok(())
    }

    /// Undoes the changes.
    pub(crate) async fn roll_back(self) -> Result<(), Fault> {
        self.lease.run(Effect::None, |session| session.batch("ROLLBACK")).await?;
        self.lease.transaction_ended();
        Ok(())
    }

    fn note<T>(&self, answer: Result<T, Fault>) -> Result<T, Fault> {
        if answer.is_err() {
            self.has_failed.store(true, Ordering::Relaxed);
        }
        answer
    }
}
