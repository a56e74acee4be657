//! What all connections share: the time that they go by, which is coarse, so that reading it costs a load, and how many bytes
//! they hold in heads.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::limits::LARGE_HEADS;

use crate::clock::machine;

pub(super) struct Shared {
    started: Instant,
    /// Milliseconds since the start, as of the last look.
    now: AtomicU64,
    /// The bytes of large heads that are not complete.
    heads: AtomicU64,
    /// They are too many.
    pressed: Notify,
}

impl Shared {
    pub(super) fn new() -> Self {
        Self { started: machine::instant(), now: AtomicU64::new(0), heads: AtomicU64::new(0), pressed: Notify::new() }
    }

    /// So many bytes more are held in large heads; whether that is twice what there may be. Many connections can come to hold
    /// theirs before those that are quiet for the longest time are told to end for them.
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

    /// Asks the system.
    pub(super) fn look(&self) -> u64 {
        let now = milliseconds(machine::since(self.started));
        self.now.store(now, Ordering::Relaxed);
        now
    }
}

/// A duration in the unit of the clock.
pub(super) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
