//! Turns: requests without credentials wait for them, so that accepting connections and signed requests come in between, however
//! many others there are and however long they take.

use std::sync::Arc;

use tokio::sync::{Notify, Semaphore};

/// How many requests without credentials begin before all other tasks that are ready have had their turn.
const A_ROUND: usize = 8;

pub(super) struct Turns {
    free: Semaphore,
    taken: Notify,
}

impl Turns {
    pub(super) fn new() -> Self {
        Self { free: Semaphore::new(A_ROUND), taken: Notify::new() }
    }

    /// Waits for a turn, in the order of coming.
    pub(super) async fn take(&self) {
        // It is never closed.
        if let Ok(turn) = self.free.acquire().await {
            turn.forget();
        }
        self.taken.notify_one();
    }

    /// Gives turns for ever.
    pub(super) async fn give(self: Arc<Self>) {
        loop {
            self.taken.notified().await;
            // Behind all tasks that are ready.
            tokio::task::yield_now().await;
            self.free.add_permits(A_ROUND.saturating_sub(self.free.available_permits()));
        }
    }
}
