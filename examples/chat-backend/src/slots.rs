//! One slot for each user: a lock, and the token that was issued last.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use acs_identity::{AccessToken, UserId};
use azure_core::time::{Duration, OffsetDateTime};
use tokio::sync::OwnedMutexGuard;

use crate::store::User;

/// A token is replaced when it has less time left than this. The app of the user then has the time to connect.
const REFRESH_BEFORE: Duration = Duration::minutes(5);

/// A token, and what it was issued for. `Debug` of [`AccessToken`] does not show the token.
#[derive(Debug, Clone)]
pub(crate) struct Issued {
    pub(crate) identity: UserId,
    pub(crate) revocations: i64,
    pub(crate) token: AccessToken,
}

impl Issued {
    /// Returns whether the token is still valid for the user.
    ///
    /// Another instance of the app may have revoked it, or deleted the user. The database tells this.
    pub(crate) fn is_valid_for(&self, user: &User) -> bool {
        let is_theirs = user.identity.as_ref() == Some(&self.identity) && user.revocations == self.revocations;
        is_theirs && self.has(Duration::ZERO)
    }

    /// Returns whether the token need not be replaced yet.
    pub(crate) fn is_fresh(&self) -> bool {
        self.has(REFRESH_BEFORE)
    }

    fn has(&self, left: Duration) -> bool {
        self.token.expires_on - left > OffsetDateTime::now_utc()
    }
}

/// A slot. Who holds its lock is the only one in this process who creates the identity of the user, or issues or
/// revokes tokens. So requests that come at the same time make one call to the service.
type Slot = Arc<tokio::sync::Mutex<Option<Issued>>>;

/// The slots, by the name of the user.
#[derive(Debug, Clone, Default)]
pub(crate) struct Slots(Arc<Mutex<HashMap<String, Slot>>>);

impl Slots {
    /// Waits for the slot of a user.
    pub(crate) async fn lock(&self, name: &str) -> OwnedMutexGuard<Option<Issued>> {
        self.of(name).lock_owned().await
    }

    fn of(&self, name: &str) -> Slot {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.get(name) {
            return slot.clone();
        }
        // Each time that the number of slots has doubled, those that nobody needs are removed.
        if slots.len().is_power_of_two() {
            slots.retain(|_, slot| is_needed(slot));
        }
        slots.entry(name.to_owned()).or_default().clone()
    }
}

fn is_needed(slot: &Slot) -> bool {
    // A count of more than one: a request uses it, or waits for it.
    Arc::strong_count(slot) > 1 || slot.try_lock().is_ok_and(|issued| issued.as_ref().is_some_and(Issued::is_fresh))
}
