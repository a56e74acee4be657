//! A service that refuses connections: all workers of a run wait for it together, and the user is told once.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::batch::lock;

/// How long connections that are refused are tried again: a service that restarts is back by then.
pub(crate) const RESTART: Duration = Duration::from_secs(10);

/// Since when connections are refused, where they are.
#[derive(Debug, Default)]
pub(crate) struct Outage(Mutex<Option<Instant>>);

impl Outage {
    /// A connection was refused. Says whether to try again; `begins` is called where it is the first one of the run that is.
    pub(crate) fn refused(&self, begins: impl FnOnce()) -> bool {
        let mut since = lock(&self.0);
        let from = *since.get_or_insert_with(|| {
            begins();
            Instant::now()
        });
        from.elapsed() < RESTART
    }

    /// The service answered a request that was begun then. Where that was before the outage, the outage lasts.
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
