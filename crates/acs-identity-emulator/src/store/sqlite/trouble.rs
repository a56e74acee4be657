//! What keeps writes from being carried out now, for those who ask whether the store is of use.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::store::StoreError;

/// For how long a write that found the disk full speaks for those to come.
const FULL_FOR: Duration = Duration::from_secs(30);

/// The last write that failed, and when.
#[derive(Default)]
pub(super) struct Trouble(Mutex<Option<(StoreError, Instant)>>);

impl Trouble {
    /// Notes how a write ended.
    pub(super) fn note<T>(&self, result: &Result<T, StoreError>) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *last = match result {
            Err(error @ (StoreError::Full | StoreError::Stopped(_))) => {
                Some((error.clone(), crate::clock::machine::instant()))
            }
            Ok(_) | Err(_) => None,
        };
    }

    /// What keeps writes from being carried out.
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
    fn a_failed_write_is_trouble_until_another_one_is_carried_out() {
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
