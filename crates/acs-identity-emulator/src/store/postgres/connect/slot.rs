//! The places of connections in a pool.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

/// The places that are taken.
#[derive(Default)]
pub(super) struct Slots {
    taken: AtomicUsize,
    /// Wakes whoever fills them.
    changed: Notify,
}

/// A place that a connection takes. It is free again when this is dropped.
pub(super) struct Slot {
    slots: Arc<Slots>,
    /// The era of the pool in which the connection was opened.
    pub(super) era: u64,
}

impl Slots {
    /// Returns how many places are taken.
    pub(super) fn taken(&self) -> usize {
        self.taken.load(Ordering::Relaxed)
    }

    /// Takes a place.
    pub(super) fn take(self: &Arc<Self>, era: u64) -> Slot {
        self.taken.fetch_add(1, Ordering::Relaxed);
        Slot { slots: Arc::clone(self), era }
    }

    /// Wakes whoever fills the places.
    pub(super) fn wake(&self) {
        self.changed.notify_one();
    }

    /// Waits until a place may be free.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.slots.taken.fetch_sub(1, Ordering::Relaxed);
        self.slots.wake();
    }
}
