//! Remembers what prevents work at present, for the health check.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::fault::Fault;
use crate::clock::machine;
use crate::store::failure::StoreError;

/// How long a write that failed on a full disk counts, unless another one succeeds.
const FULL_FOR: Duration = Duration::from_secs(30);

/// How long trouble counts as new.
const PASSING: Duration = Duration::from_millis(500);

/// The result of the last statement.
#[derive(Default)]
pub(super) struct Trouble(Mutex<Last>);

#[derive(Default)]
struct Last {
    /// What failed, and since when nothing has succeeded.
    error: Option<(StoreError, Instant)>,
    succeeded: Option<Instant>,
    /// When a write failed on a full disk last. Reads go on then, and say nothing about it.
    full: Option<Instant>,
}

impl Trouble {
    /// Records the result of a statement.
    pub(super) fn note<T>(&self, result: &Result<T, Fault>) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match result {
            Err(Fault::Full) => last.full = Some(machine::instant()),
            Err(fault @ (Fault::Unreachable(_) | Fault::Lost(_))) => {
                let since = last.error.as_ref().map_or_else(machine::instant, |(_, since)| *since);
                last.error = Some((fault.clone().of_read(), since));
            }
            // The server has answered.
            Ok(_) | Err(_) => *last = Last { error: None, succeeded: Some(machine::instant()), full: last.full },
        }
    }

    /// Records that something was written.
    pub(super) fn has_written(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).full = None;
    }

    /// Returns what prevents work.
    pub(super) fn now(&self) -> Option<StoreError> {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = last.full.is_some_and(|at| machine::since(at) < FULL_FOR);
        let error = last.error.as_ref().map(|(error, _)| error.clone());
        error.or_else(|| is_full.then_some(StoreError::ServerFull))
    }

    /// Returns whether the trouble is so new that it may pass at once: connections are made again when a server has
    /// ended them.
    pub(super) fn may_pass(&self) -> bool {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.error.as_ref().is_none_or(|(_, since)| machine::since(*since) < PASSING)
    }

    /// Returns whether the server has answered within that time, and nothing has failed since.
    pub(super) fn is_fine_since(&self, time: Duration) -> bool {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.error.is_none() && last.succeeded.is_some_and(|at| machine::since(at) < time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_connection_is_reported_until_the_server_answers() {
        let trouble = Trouble::default();
        assert!(trouble.now().is_none() && !trouble.is_fine_since(Duration::from_secs(9)));
        trouble.note(&Err::<(), _>(Fault::Unreachable("refused".into())));
        assert_eq!(trouble.now(), Some(StoreError::Unreachable("refused".into())));
        trouble.note(&Err::<(), _>(Fault::Failed("an answer".into())));
        assert!(trouble.now().is_none() && trouble.is_fine_since(Duration::from_secs(9)));
    }

    #[test]
    fn a_full_disk_is_reported_until_something_is_written() {
        let trouble = Trouble::default();
        trouble.note(&Err::<(), _>(Fault::Full));
        assert_eq!(trouble.now(), Some(StoreError::ServerFull));
        // A read succeeds meanwhile.
        trouble.note(&Ok(()));
        assert_eq!(trouble.now(), Some(StoreError::ServerFull));
        trouble.has_written();
        assert_eq!(trouble.now(), None);
    }
}
