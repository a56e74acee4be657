//! Handles a service that refuses connections. All workers of a run wait for it together, and the user is told once.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::batch::mutex::lock;

/// How long refused connections are tried again. A service that restarts is available again within this time.
pub(crate) const RESTART: Duration = Duration::from_secs(10);

/// The time since which connections are refused. `None` if they are not refused.
#[derive(Debug, Default)]
pub(crate) struct Outage(Mutex<Option<Instant>>);

impl Outage {
    /// Notes that a connection was refused. Returns whether to try again. Calls `begins` for the first refused
    /// connection of an outage.
    pub(crate) fn refused(&self, begins: impl FnOnce()) -> bool {
        let mut since = lock(&self.0);
        let from = *since.get_or_insert_with(|| {
            begins();
            Instant::now()
        });
        from.elapsed() < RESTART
    }

    /// Notes that the service answered a request that was begun at that time. An answer to a request from before the
    /// outage does not end it.
    pub(crate) fn answered(&self, begun: Instant) {
        let mut since = lock(&self.0);
        if since.is_some_and(|since| since < begun) {
            *since = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_begins_once_and_ends_with_an_answer_to_a_later_request() {
        let outage = Outage::default();
        let before = Instant::now();
        let mut said = 0;
        assert!(outage.refused(|| said += 1));
        outage.answered(before);
        outage.refused(|| said += 1);
        assert_eq!(said, 1);
        std::thread::sleep(Duration::from_millis(1));
        outage.answered(Instant::now());
        outage.refused(|| said += 1);
        assert_eq!(said, 2);
    }
}
