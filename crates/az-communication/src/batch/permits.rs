//! Limits how many requests are under way at a time. More workers than that prepare requests.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::batch::mutex::lock;

/// How often a waiting worker checks whether the batch ends.
const TICK: Duration = Duration::from_millis(50);

/// The permits to send a request.
#[derive(Debug)]
pub(crate) struct Permits {
    free: Mutex<usize>,
    returned: Condvar,
}

/// A permit. It is returned when it is dropped.
pub(crate) struct Permit<'a>(&'a Permits);

impl Permits {
    pub(crate) fn new(count: usize) -> Self {
        Self { free: Mutex::new(count), returned: Condvar::new() }
    }

    /// Waits for a permit. Returns `None` if the batch ends.
    pub(crate) fn acquire(&self, ends: impl Fn() -> bool) -> Option<Permit<'_>> {
        let mut free = lock(&self.free);
        loop {
            if ends() {
                return None;
            }
            if *free > 0 {
                *free -= 1;
                return Some(Permit(self));
            }
            free = self.returned.wait_timeout(free, TICK).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        *lock(&self.0.free) += 1;
        self.0.returned.notify_one();
    }
}
