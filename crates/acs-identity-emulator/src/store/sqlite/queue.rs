//! The queue of operations that wait for the commit thread.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::store::failure::StoreError;
use crate::store::operation::{Operation, Outcome};

/// The largest number of operations in one commit.
const MAX_BATCH: usize = 512;

/// The sender of the outcome of an operation.
pub(super) type Reply = oneshot::Sender<Result<Outcome, StoreError>>;

/// The operations that wait for the thread.
#[derive(Default)]
pub(super) struct Queue {
    state: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    operations: VecDeque<(Operation, Reply)>,
    /// Whether a caller has taken the task to wake the thread for the waiting operations.
    led: bool,
    /// Whether the thread should take the waiting operations.
    ready: bool,
    closed: bool,
}

/// The task to wake the thread. It wakes the thread on drop, so that a client that disconnects meanwhile does not leave
/// the others waiting.
struct Turn<'a>(&'a Queue);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.lock().ready = true;
        self.0.changed.notify_one();
    }
}

/// Stops the queue on drop. However the thread ends, no caller keeps waiting for it.
pub(super) struct End<'a>(pub(super) &'a Queue);

impl Drop for End<'_> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.closed = true;
        state.operations.clear();
    }
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an operation and waits for its outcome.
    pub(super) async fn carry_out(&self, operation: Operation) -> Result<Outcome, StoreError> {
        let closed = || StoreError::Stopped("it is closed".into());
        let (reply, answer) = oneshot::channel();
        let leads = {
            let mut state = self.lock();
            if state.closed {
                return Err(closed());
            }
            state.operations.push_back((operation, reply));
            !std::mem::replace(&mut state.led, true)
        };
        if leads {
            let turn = Turn(self);
            // All requests that have already arrived run first. Their operations join the same commit, and the thread
            // is woken once for all of them.
            crate::store::wait::yield_now().await;
            drop(turn);
        }
        answer.await.map_err(|_| closed())?
    }

    /// Refuses further operations. Waiting operations are still executed.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_one();
    }

    /// Returns the waiting operations. Returns `None` when the queue is closed and empty.
    pub(super) fn take(&self) -> Option<Vec<(Operation, Reply)>> {
        let mut state = self.lock();
        loop {
            if (state.ready || state.closed) && !state.operations.is_empty() {
                let count = state.operations.len().min(MAX_BATCH);
                let batch = state.operations.drain(..count).collect();
                if state.operations.is_empty() {
                    (state.led, state.ready) = (false, false);
                }
                return Some(batch);
            }
            if state.closed {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}
