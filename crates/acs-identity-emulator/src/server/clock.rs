//! The time that connections go by: coarse, so that reading it costs a load.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Milliseconds since the start, as of the last look.
pub(super) struct Coarse {
    started: Instant,
    now: AtomicU64,
}

impl Coarse {
    pub(super) fn new() -> Self {
        Self { started: Instant::now(), now: AtomicU64::new(0) }
    }

    pub(super) fn now(&self) -> u64 {
        self.now.load(Ordering::Relaxed)
    }

    /// Asks the system.
    pub(super) fn look(&self) -> u64 {
        let now = milliseconds(self.started.elapsed());
        self.now.store(now, Ordering::Relaxed);
        now
    }
}

pub(super) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
