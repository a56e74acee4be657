//! Remembers the error that currently prevents writes, for the health check.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::store::failure::StoreError;

/// How long a write that failed on a full disk counts as a current error.
const FULL_FOR: Duration = Duration::from_secs(30);

/// The last write that failed, and when.
#[derive(Default)]
pub(super) struct Trouble(Mutex<Option<(StoreError, Instant)>>);

impl Trouble {
    /// Records the result of a write.
    pub(super) fn note<T>(&self, result: &Result<T, StoreError>) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *last = match result {
            Err(error @ (StoreError::Full | StoreError::Stopped(_))) => {
                Some((error.clone(), crate::clock::machine::instant()))
            }
            Ok(_) | Err(_) => None,
        };
    }

    /// Returns the error that currently prevents writes.
    pub(super) fn now(&self) -> Option<StoreError> {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        last.filter(|(error, at)| {
            *error != StoreError::Full || crate::clock::machine::instant().duration_since(*at) < FULL_FOR
        })
        .map(|(error, _)| error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_is_reported_until_another_write_succeeds() {
        let trouble = Trouble::default();
        assert_eq!(trouble.now(), None);
        for error in [StoreError::Full, StoreError::Stopped("s".into())] {
            trouble.note::<()>(&Err(error.clone()));
            assert_eq!(trouble.now(), Some(error));
            trouble.note(&Ok(()));
            assert_eq!(trouble.now(), None);
        }
        trouble.note::<()>(&Err(StoreError::Failed("f".into())));
        assert_eq!(trouble.now(), None);
    }
}
