//! Counts the bytes that a connection holds in the head of a request, and in a request of a client that has not
//! authenticated.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::server::limits::LARGE_HEAD;
use crate::server::shared::Shared;

/// The bytes that a connection holds. The bytes beyond [`LARGE_HEAD`] count toward the total of all connections.
pub(super) struct Held {
    shared: Arc<Shared>,
    bytes: AtomicU64,
}

impl Held {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, bytes: AtomicU64::new(0) }
    }

    /// Adds bytes. Returns whether all connections together hold far too many now.
    #[must_use]
    pub(super) fn add(&self, bytes: usize) -> bool {
        let before = self.bytes.load(Relaxed);
        let now = before + bytes as u64;
        self.bytes.store(now, Relaxed);
        now > LARGE_HEAD && self.shared.hold(now - before.max(LARGE_HEAD))
    }

    /// Sets the count to zero, because the bytes are no longer held.
    pub(super) fn release(&self) {
        let large = self.large();
        self.bytes.store(0, Relaxed);
        if large > 0 {
            self.shared.release(large);
        }
    }

    /// Returns how many bytes exceed [`LARGE_HEAD`].
    pub(super) fn large(&self) -> u64 {
        self.bytes.load(Relaxed).saturating_sub(LARGE_HEAD)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.release();
    }
}
