//! The pipeline policy that pauses all requests of a client when the service answers 429.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use azure_core::http::headers::Headers;
use azure_core::http::policies::{Policy, PolicyResult};
use azure_core::http::{Context, Request, StatusCode};

/// The longest pause. A longer `Retry-After` is cut, so that a wrong value cannot stop a client for days.
const MAX_WAIT: Duration = Duration::from_secs(600);

/// The SDK has such a policy, too, but it follows the SDK's retries, and this program has its own.
///
/// Each try of a request waits until the pause is over, whichever request got the 429. Otherwise the other requests
/// would be sent and refused one by one.
#[derive(Debug, Default)]
pub(crate) struct PacePolicy {
    paused_until: Mutex<Option<Instant>>,
}

impl PacePolicy {
    fn remaining(&self) -> Option<Duration> {
        let mut until = self.paused_until.lock().unwrap_or_else(PoisonError::into_inner);
        let left = (*until)?.saturating_duration_since(Instant::now());
        if left.is_zero() {
            *until = None;
            return None;
        }
        Some(left)
    }

    fn pause(&self, wait: Duration) {
        let mut until = self.paused_until.lock().unwrap_or_else(PoisonError::into_inner);
        let end = Instant::now() + wait.min(MAX_WAIT);
        *until = Some(until.map_or(end, |until| until.max(end)));
    }
}

/// Returns the value of `Retry-After` in seconds. A date is left to the retry policy, which knows the clock of the
/// service.
fn retry_after(headers: &Headers) -> Option<Duration> {
    let value = headers.iter().find(|(name, _)| name.as_str().eq_ignore_ascii_case("retry-after"))?.1;
    value.as_str().trim().parse().ok().map(Duration::from_secs)
}

#[async_trait]
impl Policy for PacePolicy {
    async fn send(&self, ctx: &Context, request: &mut Request, next: &[Arc<dyn Policy>]) -> PolicyResult {
        while let Some(left) = self.remaining() {
            let end = Instant::now() + left;
            azure_core::sleep::sleep(left.try_into().unwrap_or(azure_core::time::Duration::ZERO)).await;
            // The caller's runtime ended the sleep early, so the caller has decided not to wait.
            if Instant::now() < end {
                break;
            }
        }
        let response = next[0].send(ctx, request, &next[1..]).await?;
        if response.status() == StatusCode::TooManyRequests
            && let Some(wait) = retry_after(response.headers())
        {
            self.pause(wait);
        }
        Ok(response)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_pause_counts() {
        let pace = PacePolicy::default();
        assert_eq!(pace.remaining(), None);
        pace.pause(Duration::from_secs(30));
        pace.pause(Duration::from_secs(1));
        assert!(pace.remaining().is_some_and(|left| left > Duration::from_secs(20)));
        let short = PacePolicy::default();
        short.pause(Duration::ZERO);
        assert_eq!(short.remaining(), None);
    }

    #[test]
    fn a_retry_after_in_seconds_is_read_and_a_date_is_not() {
        let mut headers = Headers::new();
        headers.insert("retry-after", "7");
        assert_eq!(retry_after(&headers), Some(Duration::from_secs(7)));
        headers.insert("retry-after", "soon");
        assert_eq!(retry_after(&headers), None);
    }
}
