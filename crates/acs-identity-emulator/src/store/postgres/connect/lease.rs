//! A connection that is in use.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio_postgres::error::SqlState;
use tokio_postgres::{Error, Row};

use super::fault::{Effect, Fault};
use super::pool::Shared;
use super::session::{Parameter, Session};
use crate::clock::machine;

/// How long it may take to stop a statement that was given up, and to end a transaction.
const CLEAN_UP: Duration = Duration::from_secs(1);

/// A connection that is in use until a point in time. It goes back to the pool when it is dropped, unless its state is
/// unknown.
pub(crate) struct Lease {
    session: Option<Session>,
    pool: Arc<Shared>,
    end: Instant,
    /// Whether a statement was given up, or the connection is lost.
    is_spoiled: AtomicBool,
    /// Whether a statement may still run on the server.
    is_running: AtomicBool,
    /// Whether a transaction is open.
    is_in_transaction: AtomicBool,
}

/// A statement whose answer is awaited. If it is dropped before, the connection is not used again.
struct Awaited<'a> {
    lease: &'a Lease,
    is_answered: bool,
}

impl Drop for Awaited<'_> {
    fn drop(&mut self) {
        if !self.is_answered {
            self.lease.is_spoiled.store(true, Ordering::Relaxed);
            self.lease.is_running.store(true, Ordering::Relaxed);
        }
    }
}

impl Lease {
    pub(super) fn new(session: Session, pool: Arc<Shared>, end: Instant) -> Self {
        let [is_spoiled, is_running, is_in_transaction] = [(); 3].map(|()| AtomicBool::new(false));
        Self { session: Some(session), pool, end, is_spoiled, is_running, is_in_transaction }
    }

    /// Lets the statements end at another point in time.
    pub(crate) fn extend(&mut self, end: Instant) {
        self.end = end;
    }

    /// Executes a statement and returns its rows. Several can be sent at once: they are executed in their order.
    pub(crate) async fn query(&self, sql: &str, parameters: &[Parameter<'_>]) -> Result<Vec<Row>, Fault> {
        self.run(Effect::Unknown, |session| session.query(sql, parameters)).await
    }

    /// Executes a statement and returns how many rows it has changed.
    pub(crate) async fn execute(&self, sql: &str, parameters: &[Parameter<'_>]) -> Result<u64, Fault> {
        self.run(Effect::Unknown, |session| session.execute(sql, parameters)).await
    }

    /// A transaction begins on the server.
    pub(super) fn transaction_begins(&self) {
        self.is_in_transaction.store(true, Ordering::Relaxed);
    }

    fn session(&self) -> Result<&Session, Fault> {
        self.session.as_ref().ok_or(Fault::Lost(Effect::None))
    }

    /// The transaction has ended on the server.
    pub(super) fn transaction_ended(&self) {
        self.is_in_transaction.store(false, Ordering::Relaxed);
    }

    /// Runs a statement until the end of the lease. If it is lost after it was sent, its effect is the given one.
    pub(super) async fn run<'a, T, F>(
        &'a self,
        effect: Effect,
        statement: impl FnOnce(&'a Session) -> F,
    ) -> Result<T, Fault>
    where
        F: Future<Output = Result<T, Error>> + 'a,
    {
        let session = self.session()?;
        if self.is_spoiled.load(Ordering::Relaxed) || session.is_closed() {
            return Err(Fault::Lost(Effect::None));
        }
        if machine::instant() >= self.end {
            return Err(Fault::Late(Effect::None));
        }
        let mut awaited = Awaited { lease: self, is_answered: false };
        let Some(answer) = machine::until(self.end, statement(session)).await else { return Err(Fault::Late(effect)) };
        awaited.is_answered = true;
        if session.was_warned() && effect == Effect::Unknown && answer.is_ok() {
            return Err(Fault::Warned);
        }
        answer.map_err(|error| {
            let fault = Fault::of(error, effect);
            if fault.spoils_connection() {
                self.is_spoiled.store(true, Ordering::Relaxed);
            }
            if fault.code() == Some(&SqlState::READ_ONLY_SQL_TRANSACTION) {
                self.is_spoiled.store(true, Ordering::Relaxed);
                self.pool.distrust(session);
            }
            fault
        })
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(session) = self.session.take() else { return };
        let pool = Arc::clone(&self.pool);
        if *self.is_running.get_mut() {
            self.pool.runtime.spawn(give_up(session, pool));
        } else if *self.is_spoiled.get_mut() {
            drop(session);
        } else if *self.is_in_transaction.get_mut() {
            self.pool.runtime.spawn(roll_back(session, pool));
        } else {
            pool.give(session);
        }
    }
}

/// Asks the server to stop a statement that nobody waits for, and closes the connection. Otherwise the statement could
/// wait for a lock for long, and each repetition would add a connection that waits.
async fn give_up(mut session: Session, pool: Arc<Shared>) {
    // Another connection is opened at once.
    drop(session.slot.take());
    let canceller = session.canceller();
    let place = session.place.clone();
    let host = pool.opener.host(session.host);
    let asked = async {
        if let Ok(stream) = pool.opener.stream(host, &place).await {
            canceller.send(stream).await;
        }
    };
    let _ = machine::timeout(CLEAN_UP, asked).await;
    drop(session);
}

/// Ends a transaction that was left, and gives the connection back.
async fn roll_back(session: Session, pool: Arc<Shared>) {
    if let Some(Ok(())) = machine::timeout(CLEAN_UP, session.batch("ROLLBACK")).await {
        pool.give(session);
    }
}
