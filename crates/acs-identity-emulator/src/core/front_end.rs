//! Access tokens for web pages in development, without a credential.

use std::sync::atomic::{AtomicU32, Ordering};

use acs_identity_protocol::api_version::{ApiVersion, KNOWN};
use acs_identity_protocol::models::{CreateIdentityRequest, CreateIdentityResult};
use acs_identity_protocol::scope::TokenScope;

use super::owners::Core;
use super::refusal::{Refusal, Refused};
use super::token_times::TokenTimes;
use crate::store::Caller;

/// How many identities the endpoint makes. Its callers have no credential, so they must not fill the disk.
const MOST: u32 = 1_000;

/// Counts the identities that the endpoint has made since the start or the last reset.
#[derive(Default)]
pub(super) struct Made(AtomicU32);

impl Made {
    /// Counts one more. Returns whether it may be made.
    fn take(&self) -> bool {
        let one_more = |made: u32| (made < MOST).then_some(made + 1);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).is_ok()
    }

    /// Takes one back that was not made.
    fn give_back(&self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }

    pub(super) fn forget(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

impl Core {
    /// Issues a token for the identity with a custom id. The first call for a custom id makes the identity.
    pub(crate) async fn issue_for_front_end(
        &self,
        custom_id: String,
        scopes: Vec<TokenScope>,
        times: TokenTimes,
    ) -> Refused<CreateIdentityResult> {
        // The newest version lacks custom ids.
        let with_custom_ids = KNOWN.iter().rev().find(|version| version.custom_id);
        let version = with_custom_ids.unwrap_or_else(|| ApiVersion::newest());
        let is_new = !self.access_keys.heed(self.store.has_custom_id(&custom_id).await).await?;
        if is_new && !self.made_for_front_ends.take() {
            return Err(Refusal::TooManyIdentities { most: MOST });
        }
        let request = CreateIdentityRequest {
            custom_id: Some(custom_id),
            create_token_with_scopes: Some(scopes),
            ..CreateIdentityRequest::default()
        };
        let created = self.identities.create(Caller::Entra, version, request, times).await;
        if created.is_err() && is_new {
            self.made_for_front_ends.give_back();
        }
        created
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_so_many_identities_are_made() {
        let made = Made::default();
        assert_eq!((0..MOST + 5).filter(|_| made.take()).count(), MOST as usize);
        made.give_back();
        assert!(made.take() && !made.take());
        made.forget();
        assert!(made.take());
    }
}
