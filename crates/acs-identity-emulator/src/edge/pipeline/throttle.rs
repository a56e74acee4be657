//! The rate limits of the documentation (docs/service.md, section 10), counted in windows of 30 seconds.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use acs_identity_protocol::models::CreateIdentityRequest;

use crate::edge::context::json::parse;
use crate::edge::routes::route::ThrottleClass;

const WINDOW: Duration = Duration::from_secs(30);

/// How many requests a window admits: create, create with a token, delete, issue, revoke, exchange.
const LIMITS: [u32; 6] = [1000, 1000, 500, 1000, 500, 500];

/// Returns the index of a limit.
fn place(class: ThrottleClass, body: &[u8]) -> usize {
    match class {
        ThrottleClass::Create => usize::from(asks_for_token(body)),
        ThrottleClass::Delete => 2,
        ThrottleClass::Issue => 3,
        ThrottleClass::Revoke => 4,
        ThrottleClass::Exchange => 5,
    }
}

/// Counts requests, including those that are refused.
pub(super) struct Throttle {
    windows: Mutex<[(Instant, u32); LIMITS.len()]>,
}

/// The limit that a request exceeds.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Over {
    limit: u32,
    /// The seconds until the window ends.
    pub(super) seconds: u64,
}

impl std::fmt::Display for Over {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (limit, window, seconds) = (self.limit, WINDOW.as_secs(), self.seconds);
        write!(f, "more than {limit} requests of this kind in {window} s (--throttle); Retry-After: {seconds}")
    }
}

impl Throttle {
    pub(super) fn new() -> Self {
        Self { windows: Mutex::new([(crate::clock::machine::instant(), 0); LIMITS.len()]) }
    }

    /// Counts the request. Returns the limit if the request exceeds it.
    pub(super) fn count(&self, class: ThrottleClass, body: &[u8]) -> Option<Over> {
        self.count_at(place(class, body), crate::clock::machine::instant())
    }

    fn count_at(&self, kind: usize, now: Instant) -> Option<Over> {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let (start, count) = &mut windows[kind];
        if now.duration_since(*start) >= WINDOW {
            (*start, *count) = (now, 0);
        }
        *count = count.saturating_add(1);
        let left = WINDOW.saturating_sub(now.duration_since(*start));
        (*count > LIMITS[kind]).then(|| Over { limit: LIMITS[kind], seconds: left.as_secs() + 1 })
    }
}

/// Returns whether the body of a creation asks for a token.
pub(super) fn asks_for_token(body: &[u8]) -> bool {
    let request: Option<CreateIdentityRequest> = parse(body).unwrap_or_default();
    request.is_some_and(|request| request.create_token_with_scopes.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_creation_counts_as_one_with_a_token_if_it_asks_for_one() {
        assert!(asks_for_token(br#"{"createTokenWithScopes":["chat"]}"#));
        assert!(asks_for_token(br#"{"CREATETOKENWITHSCOPES":["chat"]}"#));
        for body in [r#"{"customId":"createTokenWithScopes"}"#, r#"{"createTokenWithScopes":null}"#, "", "{"] {
            assert!(!asks_for_token(body.as_bytes()), "{body}");
        }
    }

    #[test]
    fn windows_end() {
        let throttle = Throttle::new();
        let now = crate::clock::machine::instant();
        for _ in 0..LIMITS[2] {
            assert_eq!(throttle.count_at(2, now), None);
        }
        assert!(throttle.count_at(2, now).is_some_and(|over| (30..=31).contains(&over.seconds)));
        assert_eq!(throttle.count_at(3, now), None);
        assert_eq!(throttle.count_at(2, now + WINDOW + Duration::from_secs(1)), None);
    }
}
