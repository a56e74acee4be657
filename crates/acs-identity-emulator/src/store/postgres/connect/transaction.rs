//! A transaction.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio_postgres::Row;

use super::fault::{Effect, Fault};
use super::lease::Lease;
use super::session::Parameter;

/// What a transaction sees of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Isolation {
    /// All statements see what was committed when the first one began. Nothing can be written.
    Snapshot,
    /// Each statement sees what is committed when it begins. Rows can be written, and tables locked, so others are held
    /// up: statements wait for a lock so long at most, and the server ends the transaction if its process pauses or is
    /// cut off. The limits end with the transaction, so they work through poolers, too.
    Alone(Duration),
}

/// How long the server waits for the next statement of a transaction that holds others up.
const IDLE: &str = "2s";

impl Isolation {
    fn begin(self) -> Cow<'static, str> {
        match self {
            Self::Snapshot => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY".into(),
            // It is one round trip. A limit of 0 would be none.
            Self::Alone(wait) => format!(
                "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; \
                 SET LOCAL idle_in_transaction_session_timeout = '{IDLE}'; \
                 SET LOCAL lock_timeout = '{}ms'",
                wait.as_millis().max(1)
            )
            .into(),
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
        let begin = isolation.begin();
        self.run(Effect::None, |session| session.batch(&begin)).await?;
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
