//! Turns for requests without credentials. Requests wait for a turn, so that accepting connections and signed requests
//! come in between, however many requests without credentials there are and however long they take.

use std::sync::Arc;

use tokio::sync::{Notify, Semaphore};

/// How many requests without credentials begin before all other ready tasks have had their turn.
const A_ROUND: usize = 8;

pub(super) struct Turns {
    free: Semaphore,
    taken: Notify,
}

impl Turns {
    pub(super) fn new() -> Self {
        Self { free: Semaphore::new(A_ROUND), taken: Notify::new() }
    }

    /// Waits for a turn. Turns are given in the order of arrival.
    pub(super) async fn take(&self) {
        // The semaphore is never closed, so this never fails.
        if let Ok(turn) = self.free.acquire().await {
            turn.forget();
        }
        self.taken.notify_one();
    }

    /// Gives turns. It never returns.
    pub(super) async fn give(self: Arc<Self>) {
        loop {
            self.taken.notified().await;
            // Yielding puts this task after all tasks that are ready.
            tokio::task::yield_now().await;
            self.free.add_permits(A_ROUND.saturating_sub(self.free.available_permits()));
        }
    }
}
