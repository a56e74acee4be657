//! A limit on how often something without a credential is done.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::clock::machine;

/// The length of a window.
const WINDOW: Duration = Duration::from_secs(1);

/// Counts in windows of a second.
pub(crate) struct Rate {
    most: u32,
    window: Mutex<(Instant, u32)>,
}

impl Rate {
    pub(crate) fn per_second(most: u32) -> Self {
        Self { most, window: Mutex::new((machine::instant(), 0)) }
    }

    /// Counts one more. Returns whether it is within the limit.
    pub(crate) fn admits(&self) -> bool {
        self.admits_at(machine::instant())
    }

    fn admits_at(&self, now: Instant) -> bool {
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        if now.duration_since(window.0) >= WINDOW {
            *window = (now, 0);
        }
        window.1 = window.1.saturating_add(1);
        window.1 <= self.most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_second_has_its_own_count() {
        let (rate, now) = (Rate::per_second(2), machine::instant());
        let admitted = [0, 0, 900, 999].map(|after| rate.admits_at(now + Duration::from_millis(after)));
        assert_eq!(admitted, [true, true, false, false]);
        assert!(rate.admits_at(now + Duration::from_millis(2000)));
    }
}
