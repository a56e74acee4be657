//! State that all connections share: a coarse clock, which costs one load to read, and the number of bytes that they
//! hold in heads.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::limits::LARGE_HEADS;

use crate::clock::machine;

pub(super) struct Shared {
    started: Instant,
    /// Milliseconds since the start, updated at each check of the connections.
    now: AtomicU64,
    /// The bytes of large heads that are incomplete.
    heads: AtomicU64,
    /// Notified when there are too many such bytes.
    pressed: Notify,
}

impl Shared {
    pub(super) fn new() -> Self {
        Self { started: machine::instant(), now: AtomicU64::new(0), heads: AtomicU64::new(0), pressed: Notify::new() }
    }

    /// Adds bytes of large heads. Returns whether the total is more than twice the limit. Between the limit and twice
    /// the limit, there is time to close quiet connections first.
    #[must_use]
    pub(super) fn hold(&self, bytes: u64) -> bool {
        let held = self.heads.fetch_add(bytes, Ordering::Relaxed) + bytes;
        if held > LARGE_HEADS {
            self.pressed.notify_one();
        }
        held > 2 * LARGE_HEADS
    }

    pub(super) fn release(&self, bytes: u64) {
        self.heads.fetch_sub(bytes, Ordering::Relaxed);
    }

    #[cfg(test)]
    pub(super) fn is_without_heads(&self) -> bool {
        self.heads.load(Ordering::Relaxed) == 0
    }

    /// Waits until too many bytes are held.
    pub(super) async fn pressed(&self) {
        self.pressed.notified().await;
    }

    pub(super) fn now(&self) -> u64 {
        self.now.load(Ordering::Relaxed)
    }

    /// Updates the clock from the system, and returns the time.
    pub(super) fn look(&self) -> u64 {
        let now = milliseconds(machine::since(self.started));
        self.now.store(now, Ordering::Relaxed);
        now
    }
}

/// Returns a duration in milliseconds, the unit of the shared clock.
pub(super) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
