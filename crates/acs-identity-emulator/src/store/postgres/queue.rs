//! Operations of one kind that wait for the worker.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, oneshot};

use super::closed;
use super::connect::OPERATION;
use super::hot::Hot;
use crate::clock::machine;
use crate::store::failure::{Failure, StoreError};

/// The largest number of operations in one statement.
const MOST: usize = 512;

/// An operation is sent only if at least this much of its time is left. Otherwise a statement would have no time.
pub(super) const LEAST: Duration = Duration::from_millis(500);

pub(super) type Reply<H> = oneshot::Sender<Result<<H as Hot>::Answer, Failure>>;

/// Who waits for an operation, and how long.
pub(super) struct Caller<H: Hot> {
    pub(super) reply: Reply<H>,
    pub(super) until: Instant,
    /// How many times it was executed without an effect.
    pub(super) attempts: u32,
    /// With how many others it may be in a statement at most, itself included. When the server refuses a statement, its
    /// operations are executed in halves, because one of them may be the reason.
    pub(super) most: usize,
}

impl<H: Hot> Caller<H> {
    /// Answers. It does not matter whether the caller still waits.
    pub(super) fn answer(self, answer: Result<H::Answer, Failure>) {
        let _ = self.reply.send(answer);
    }
}

/// The operations that wait.
pub(super) struct Queue<H: Hot> {
    state: Mutex<Waiting<H>>,
    changed: Notify,
}

struct Waiting<H: Hot> {
    operations: VecDeque<(H, Caller<H>)>,
    closed: bool,
}

impl<H: Hot> Default for Queue<H> {
    fn default() -> Self {
        let state = Waiting { operations: VecDeque::new(), closed: false };
        Self { state: Mutex::new(state), changed: Notify::new() }
    }
}

impl<H: Hot> Queue<H> {
    fn lock(&self) -> MutexGuard<'_, Waiting<H>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an operation and waits for its answer.
    pub(super) async fn ask(&self, operation: H) -> Result<H::Answer, Failure> {
        let (reply, answer) = oneshot::channel();
        let until = machine::instant() + OPERATION;
        self.put(operation, Caller { reply, until, attempts: 0, most: MOST });
        answer.await.unwrap_or_else(|_| Err(closed().into()))
    }

    /// Adds an operation. The caller gets an error if the queue is closed.
    pub(super) fn put(&self, operation: H, caller: Caller<H>) {
        let mut state = self.lock();
        if state.closed {
            drop(state);
            caller.answer(Err(closed().into()));
        } else {
            state.operations.push_back((operation, caller));
            drop(state);
            self.changed.notify_one();
        }
    }

    /// Refuses further operations. Waiting operations are still executed.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_waiters();
    }

    /// Returns operations that wait, to be executed together. Those that are repeated are not among others: they have
    /// less time, and a statement must end within the time of each of its operations. Returns `None` when the queue is
    /// closed and empty.
    pub(super) async fn take(&self) -> Option<(Vec<H>, Vec<Caller<H>>)> {
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            // A change after this call ends the wait below.
            changed.as_mut().enable();
            {
                let mut state = self.lock();
                if let Some(first) = state.operations.front() {
                    let (most, is_repeated) = (first.1.most, first.1.attempts > 0);
                    let is_alike = |caller: &Caller<H>| caller.most == most && (caller.attempts > 0) == is_repeated;
                    let count = state.operations.iter().take(most).take_while(|(_, caller)| is_alike(caller)).count();
                    let taken = state.operations.drain(..count).unzip();
                    let some_are_left = !state.operations.is_empty();
                    drop(state);
                    if some_are_left {
                        self.changed.notify_one();
                    }
                    return Some(taken);
                }
                if state.closed {
                    return None;
                }
            }
            changed.await;
        }
    }

    /// Refuses operations that have waited so long that a statement would have no time. They were not sent.
    pub(super) fn expire(&self) {
        let soon = machine::instant() + LEAST;
        let mut state = self.lock();
        let mut late = Vec::new();
        let mut at = 0;
        while at < state.operations.len() {
            if state.operations[at].1.until < soon {
                late.extend(state.operations.remove(at));
            } else {
                at += 1;
            }
        }
        drop(state);
        for (_, caller) in late {
            let why = "the statements before this one take too long";
            caller.answer(Err(StoreError::Unreachable(why.to_owned()).into()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::postgres::hot::confirm::Confirm;
    use crate::store::wait::block_on;

    #[test]
    fn an_operation_that_is_repeated_is_not_executed_with_others() {
        let queue = Queue::default();
        for (seen, attempts) in [(1, 0), (2, 0), (3, 1), (4, 2), (5, 0)] {
            let (reply, _) = oneshot::channel();
            queue.put(Confirm { seen }, Caller { reply, until: machine::instant(), attempts, most: MOST });
        }
        queue.close();
        let mut groups: Vec<Vec<i64>> = Vec::new();
        while let Some((operations, _)) = block_on(queue.take()) {
            groups.push(operations.iter().map(|confirm| confirm.seen).collect());
        }
        assert_eq!(groups, [vec![1, 2], vec![3, 4], vec![5]]);
    }
}
