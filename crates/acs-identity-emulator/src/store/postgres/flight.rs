//! Executes the operations of a queue: takes those that wait, sends one statement, and answers.

use std::sync::Arc;
use std::time::Duration;

use super::fault::Fault;
use super::hot::{Ended, Hot};
use super::queue::{Caller, LEAST, Queue};
use super::shared::Shared;
use crate::clock::machine;
use crate::store::failure::{Failure, StoreError};

/// The pause before an operation without an effect is repeated, and the longest one.
const PAUSE: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// Executes operations until the queue is closed and empty.
pub(super) async fn fly<H: Hot>(queue: Arc<Queue<H>>, shared: Arc<Shared>) {
    while let Some((operations, callers)) = queue.take().await {
        let result = execute(&operations, &callers, &shared).await;
        shared.trouble.note(&result);
        match result {
            Ok(ended) => {
                if H::WRITES && ended.iter().any(|ended| matches!(ended, Ended::Done(Ok(_)))) {
                    shared.trouble.has_written();
                }
                for ((operation, caller), ended) in operations.into_iter().zip(callers).zip(ended) {
                    match ended {
                        Ended::Done(answer) => caller.answer(answer),
                        Ended::Again => repeat(&queue, operation, caller, locked),
                    }
                }
            }
            Err(fault) => fail(&queue, operations, callers, &fault, shared.trouble.may_pass()),
        }
    }
}

async fn execute<H: Hot>(
    operations: &[H],
    callers: &[Caller<H>],
    shared: &Shared,
) -> Result<Vec<Ended<H::Answer>>, Fault> {
    let until = callers.iter().map(|caller| caller.until).min().unwrap_or_else(machine::instant);
    let lease = shared.pool.lease(until).await?;
    H::run(operations, &lease).await
}

fn locked() -> StoreError {
    StoreError::Unreachable("another session holds a lock on the row of the identity".to_owned())
}

/// Puts an operation without an effect into the queue again. If too little of its time is left for a statement, the
/// caller gets an error.
fn repeat<H: Hot>(queue: &Arc<Queue<H>>, operation: H, mut caller: Caller<H>, why: impl FnOnce() -> StoreError) {
    caller.attempts += 1;
    let pause = (PAUSE * caller.attempts).min(LONGEST_PAUSE);
    if machine::instant() + pause + LEAST >= caller.until {
        caller.answer(Err(why().into()));
        return;
    }
    let queue = Arc::clone(queue);
    tokio::spawn(async move {
        // Most of what was in the way is over at once.
        if caller.attempts > 1 {
            machine::sleep(pause).await;
        }
        queue.put(operation, caller);
    });
}

/// Repeats operations that had no effect, and answers the others.
fn fail<H: Hot>(
    queue: &Arc<Queue<H>>,
    operations: Vec<H>,
    callers: Vec<Caller<H>>,
    fault: &Fault,
    trouble_may_pass: bool,
) {
    let error = || if H::WRITES { fault.clone().of_write() } else { fault.clone().of_read() };
    if let StoreError::Unknown(why) = error() {
        tracing::error!(writes = operations.len(), "whether writes were carried out is unknown: {why}");
    }
    let half = operations.len().div_ceil(2);
    let is_shared = operations.len() > 1;
    for (operation, mut caller) in operations.into_iter().zip(callers) {
        match fault {
            Fault::Busy(_) | Fault::Locked(_) => repeat(queue, operation, caller, error),
            Fault::Unreachable(_) if trouble_may_pass => repeat(queue, operation, caller, error),
            Fault::Lost(_) if !H::WRITES => repeat(queue, operation, caller, error),
            Fault::Refused(..) if is_shared => {
                caller.most = half;
                queue.put(operation, caller);
            }
            _ => caller.answer(Err(Failure::Store(error()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;
    use crate::store::postgres::hot::confirm::Confirm;
    use crate::store::wait::block_on;

    #[test]
    fn an_operation_is_not_repeated_if_a_statement_would_have_no_time() {
        let queue = Arc::new(Queue::default());
        let (reply, answer) = oneshot::channel();
        let until = machine::instant() + LEAST;
        repeat(&queue, Confirm { seen: 1 }, Caller { reply, until, attempts: 0, most: 1 }, locked);
        assert_eq!(block_on(answer), Ok(Err(locked().into())));
        queue.close();
        assert!(block_on(queue.take()).is_none());
    }
}
