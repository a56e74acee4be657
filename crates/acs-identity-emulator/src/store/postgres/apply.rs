//! Executes operations: those of most requests through the queues, and the others in transactions of their own.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::spawn_blocking;
use tokio_postgres::types::Type;

use super::fault::Fault;
use super::hot::create::Create;
use super::hot::delete::Delete;
use super::hot::guard::Guard;
use super::hot::issue::Issue;
use super::hot::revoke::Revoke;
use super::rows::Written;
use super::shared::Shared;
use super::transaction::Transaction;
use super::{Postgres, aside, closed, generation};
use crate::clock::machine;
use crate::store::block_on;
use crate::store::decide::decide;
use crate::store::failure::{Failure, StoreError};
use crate::store::operation::{Operation, Outcome};

/// The pause before a transaction is repeated, and how much time must be left for it.
const PAUSE: Duration = Duration::from_millis(10);
const LEAST: Duration = Duration::from_millis(500);

impl Postgres {
    /// Executes an operation. Returns when its effect is durable.
    pub(in crate::store) async fn apply(&self, operation: Operation, seen: Option<i64>) -> Result<Outcome, Failure> {
        let guard = Guard { seen, caller: operation.caller() };
        let end = self.shared.end();
        match operation {
            Operation::Create { new, .. } => {
                let issued = new.token_issued_at;
                let named = new.custom_id.is_some();
                let queue = if named { &self.queues.create_named } else { &self.queues.create };
                let created = queue.ask(Create { guard, new }).await?;
                if created.found
                    && let Some(at) = issued
                {
                    self.shared.aside.add(created.row.user.clone(), at);
                }
                Ok(Outcome::Created(created))
            }
            Operation::Issue { user, at, .. } => {
                match self.queues.issue.ask(Issue { guard, user: user.clone() }).await? {
                    Some(revocation) => {
                        self.shared.aside.add(user, at);
                        Ok(Outcome::Issued { revocation })
                    }
                    None => Ok(Outcome::Missing),
                }
            }
            Operation::Revoke { user, issued_until: None, in_force_at: None, .. } => {
                self.queues.revoke.ask(Revoke { guard, user }).await
            }
            Operation::Delete { user, .. } => self.queues.delete.ask(Delete { guard, user }).await,
            Operation::Settle { now } if !self.is_due(now, seen).await? => Ok(Outcome::Done),
            other => {
                let shared = Arc::clone(&self.shared);
                self.on_worker(async move {
                    // Of the transactions of this process that must be alone, one at a time occupies a connection.
                    let turn = machine::until(end, Arc::clone(&shared.alone).lock_owned()).await;
                    let Some(_turn) = turn else { return Err(busy().into()) };
                    spawn_blocking(move || alone(&shared, &other, seen, end))
                        .await
                        .unwrap_or_else(|_| Err(closed().into()))
                })
                .await
            }
        }
    }
}

fn busy() -> StoreError {
    StoreError::Unreachable("another operation that must be alone takes too long".to_owned())
}

/// Why a transaction has failed.
enum Failed {
    /// Nothing was done.
    Before(Fault),
    /// The commit was sent.
    Committing(Fault),
}

impl From<Fault> for Failed {
    fn from(fault: Fault) -> Self {
        Self::Before(fault)
    }
}

/// Returns whether an operation changes so many rows that it may take longer than others.
fn is_long(operation: &Operation) -> bool {
    matches!(operation, Operation::Reset { .. } | Operation::Seed(_) | Operation::Replace { .. })
}

/// Executes an operation in a transaction of its own while no other process writes. It is repeated if it failed before
/// the commit. What it waits for must come until the end, and so must the result, unless the operation may take long.
fn alone(shared: &Shared, operation: &Operation, seen: Option<i64>, end: Instant) -> Result<Outcome, Failure> {
    loop {
        let result = attempt(shared, operation, seen, end);
        match result {
            Ok(answer) => {
                shared.trouble.note(&Ok(()));
                if answer.is_ok() {
                    shared.trouble.has_written();
                }
                return answer;
            }
            Err(Failed::Before(fault)) => {
                shared.trouble.note(&Err::<(), _>(fault.clone()));
                if !fault.of_a_read_may_pass(&shared.trouble) || machine::instant() + LEAST >= end {
                    return Err(fault.of_read().into());
                }
                machine::sleep_here(PAUSE);
            }
            Err(Failed::Committing(fault)) => {
                shared.trouble.note(&Err::<(), _>(fault.clone()));
                let error = fault.of_write();
                if let StoreError::Unknown(why) = &error {
                    tracing::error!(writes = 1, "whether writes were carried out is unknown: {why}");
                }
                return Err(error.into());
            }
        }
    }
}

fn attempt(
    shared: &Shared,
    operation: &Operation,
    seen: Option<i64>,
    end: Instant,
) -> Result<Result<Outcome, Failure>, Failed> {
    // Times of tokens that belong to the state before must not be written afterwards.
    if !shared.aside.is_empty() {
        block_on(aside::write(shared, end))?;
    }
    let mut transaction = Transaction::begin_alone(shared, end)?;
    if let Err(failure) = transaction.check(Guard { seen, caller: None })? {
        transaction.end();
        return Ok(Err(failure));
    }
    if is_long(operation) {
        transaction.take_long(end)?;
    }
    let mut rows = Written::new(&mut transaction, &shared.secrets);
    let outcome = decide(&mut rows, operation)?;
    rows.write()?;
    if operation.changes_copies(&outcome) {
        transaction.query(generation::CHANGE, &[(&generation::other()?, Type::INT8)])?;
    }
    transaction.commit().map_err(Failed::Committing)?;
    Ok(Ok(outcome))
}
