//! The rate limits of the documentation (docs/service.md, section 10), counted in windows of 30 seconds.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Received;
use super::routes::Route;

const WINDOW: Duration = Duration::from_secs(30);

/// How many requests of a kind a window admits: create, create with a token, delete, issue, revoke, exchange.
const LIMITS: [u32; 6] = [1000, 1000, 500, 1000, 500, 500];

/// Counts requests. All count, also those that are refused.
pub(super) struct Throttle {
    windows: Mutex<[(Instant, u32); LIMITS.len()]>,
}

impl Throttle {
    pub(super) fn new() -> Self {
        Self { windows: Mutex::new([(Instant::now(), 0); LIMITS.len()]) }
    }

    /// Counts the request. Over the limit: the seconds until the window ends.
    pub(super) fn count(&self, route: &Route, request: &Received) -> Option<u64> {
        self.count_at(kind(route, request)?, Instant::now())
    }

    fn count_at(&self, kind: usize, now: Instant) -> Option<u64> {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let (start, count) = &mut windows[kind];
        if now.duration_since(*start) >= WINDOW {
            (*start, *count) = (now, 0);
        }
        *count = count.saturating_add(1);
        let left = WINDOW.saturating_sub(now.duration_since(*start));
        (*count > LIMITS[kind]).then(|| left.as_secs() + 1)
    }
}

fn kind(route: &Route, request: &Received) -> Option<usize> {
    const WITH_TOKEN: &[u8] = b"createTokenWithScopes";
    Some(match route {
        Route::Identities => usize::from(request.body.windows(WITH_TOKEN.len()).any(|part| part == WITH_TOKEN)),
        Route::Identity(_) if request.method == hyper::Method::DELETE => 2,
        Route::IssueAccessToken(_) | Route::LegacyToken(_) => 3,
        Route::RevokeAccessTokens(_) => 4,
        Route::Identity(_) if request.method == hyper::Method::PATCH => 4,
        Route::ExchangeTeamsUser | Route::ExchangeTeamsExtension | Route::ExchangeEntra => 5,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_end() {
        let throttle = Throttle::new();
        let now = Instant::now();
        for _ in 0..LIMITS[2] {
            assert_eq!(throttle.count_at(2, now), None);
        }
        assert!(throttle.count_at(2, now).is_some_and(|seconds| (30..=31).contains(&seconds)));
        assert_eq!(throttle.count_at(3, now), None);
        assert_eq!(throttle.count_at(2, now + WINDOW + Duration::from_secs(1)), None);
    }
}
