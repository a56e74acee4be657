//! The pipeline policy that pauses all requests of a client when the service answers 429.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use azure_core::error::check_success;
use azure_core::http::headers::{Headers, RETRY_AFTER, RETRY_AFTER_MS, X_MS_RETRY_AFTER_MS};
use azure_core::http::policies::{Policy, PolicyResult, get_retry_after};
use azure_core::http::{Context, Request, StatusCode};
use azure_core::time::OffsetDateTime;

use crate::operation::{Operation, retries};
use crate::timer;

/// Each try of a request waits until the pause is over, whichever request got the 429. Otherwise the other requests
/// would be sent and refused one by one. Without retries, there are no pauses.
///
/// The retry policy of azure_core waits as long as an answer asks, however long. So an answer that asks for too long a
/// wait is an error here.
#[derive(Debug)]
pub(crate) struct PacePolicy {
    longest: Duration,
    paused_until: Mutex<Option<Instant>>,
}

impl PacePolicy {
    pub(crate) fn new(longest: Option<Duration>) -> Self {
        Self { longest: longest.unwrap_or(Duration::MAX), paused_until: Mutex::default() }
    }

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
        let Some(end) = Instant::now().checked_add(wait) else { return };
        let mut until = self.paused_until.lock().unwrap_or_else(PoisonError::into_inner);
        *until = Some(until.map_or(end, |until| until.max(end)));
    }

    /// Waits until the pause is over. Other requests can extend it, but not for ever.
    async fn wait(&self) {
        let mut longest = self.longest;
        while let Some(left) = self.remaining().map(|left| left.min(longest)).filter(|left| !left.is_zero()) {
            timer::sleep(left).await;
            longest -= left;
        }
    }
}

/// Returns the wait that an answer asks for, as the retry policy reads it.
fn asked_wait(headers: &Headers) -> Option<Duration> {
    let names = [X_MS_RETRY_AFTER_MS, RETRY_AFTER_MS, RETRY_AFTER];
    let wait = get_retry_after(headers, OffsetDateTime::now_utc, &names)?;
    Some(wait.try_into().unwrap_or(Duration::ZERO))
}

#[async_trait]
impl Policy for PacePolicy {
    async fn send(&self, ctx: &Context, request: &mut Request, next: &[Arc<dyn Policy>]) -> PolicyResult {
        let Some(operation) = Operation::of(ctx) else { return next[0].send(ctx, request, &next[1..]).await };
        operation.state().retries = retries(ctx);
        operation.suspend();
        if retries(ctx) {
            self.wait().await;
        }
        let tries = operation.state().tries;
        let result = next[0].send(ctx, request, &next[1..]).await;
        operation.resume();
        let response = result.inspect_err(|_| {
            let mut state = operation.state();
            if state.tries == tries {
                // Nothing was sent, so the error is not about a failure of a try before.
                state.failed = None;
            }
        })?;
        if !retries(ctx) {
            return Ok(response);
        }
        let Some(wait) = asked_wait(response.headers()) else { return Ok(response) };
        match response.status() {
            StatusCode::TooManyRequests if wait <= self.longest => {
                self.pause(wait);
                operation.extend(wait);
                Ok(response)
            }
            StatusCode::ServiceUnavailable if operation.left().is_none_or(|left| wait < left) => Ok(response),
            // An error with a status is not sent again.
            StatusCode::TooManyRequests | StatusCode::ServiceUnavailable => check_success(response, None).await,
            _ => Ok(response),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_pause_counts() {
        let pace = PacePolicy::new(None);
        assert_eq!(pace.remaining(), None);
        pace.pause(Duration::from_secs(30));
        pace.pause(Duration::from_secs(1));
        assert!(pace.remaining().is_some_and(|left| left > Duration::from_secs(20)));
        let short = PacePolicy::new(None);
        short.pause(Duration::ZERO);
        assert_eq!(short.remaining(), None);
    }

    #[test]
    fn a_request_waits_for_the_pauses_of_others_no_longer_than_for_its_own() {
        let pace = PacePolicy::new(Some(Duration::from_millis(20)));
        pace.pause(Duration::from_secs(3600));
        let started = Instant::now();
        futures::executor::block_on(pace.wait());
        assert!(started.elapsed() >= Duration::from_millis(20));
        assert!(pace.remaining().is_some());
    }

    #[test]
    fn a_wait_is_read_from_all_headers_that_the_retry_policy_reads() {
        for (name, value, expected) in [
            ("retry-after", "7", Some(Duration::from_secs(7))),
            ("retry-after", "soon", None),
            ("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT", Some(Duration::ZERO)),
            ("retry-after", "-1", Some(Duration::ZERO)),
            ("retry-after-ms", "200", Some(Duration::from_millis(200))),
            ("x-ms-retry-after-ms", "300", Some(Duration::from_millis(300))),
        ] {
            let mut headers = Headers::new();
            headers.insert(name, value);
            assert_eq!(asked_wait(&headers), expected, "{name}: {value}");
        }
    }
}
