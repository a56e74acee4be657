//! The pipeline policy that pauses all requests of a client when the service answers 429.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use azure_core::error::{Error, ErrorKind, check_success};
use azure_core::http::headers::{Headers, RETRY_AFTER, RETRY_AFTER_MS, X_MS_RETRY_AFTER_MS};
use azure_core::http::policies::{Policy, PolicyResult, get_retry_after};
use azure_core::http::{AsyncRawResponse, Context, Request, StatusCode};
use azure_core::time::OffsetDateTime;

use crate::operation::{Operation, retries};
use crate::timer;

/// The statuses after which azure_core sends a request again.
const SENT_AGAIN: [StatusCode; 6] = [
    StatusCode::RequestTimeout,
    StatusCode::TooManyRequests,
    StatusCode::InternalServerError,
    StatusCode::BadGateway,
    StatusCode::ServiceUnavailable,
    StatusCode::GatewayTimeout,
];

/// Each try of a request waits until the pause is over, whichever request got the 429. Otherwise the other requests
/// would be sent and refused one by one. Without retries, there are no pauses.
///
/// The retry policy of azure_core waits as long as an answer asks, however long. So an answer that asks for too long a
/// wait is an error here, and so is a failure after which no time is left for another try.
#[derive(Debug)]
pub(crate) struct PacePolicy {
    /// The longest time that a call waits because the service asks for it.
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
    async fn wait(&self, operation: &Operation) {
        while let Some(left) =
            self.remaining().map(|left| left.min(self.left(operation))).filter(|left| !left.is_zero())
        {
            timer::sleep(left).await;
            operation.state().note_pause(left);
        }
    }

    /// Returns how long a call can still wait because the service asks for it.
    fn left(&self, operation: &Operation) -> Duration {
        self.longest.saturating_sub(operation.state().paused)
    }

    /// Returns an answer that azure_core may send the request again after, or an error if it must not.
    async fn answered(&self, operation: &Operation, response: AsyncRawResponse) -> PolicyResult {
        if !SENT_AGAIN.contains(&response.status()) {
            return Ok(response);
        }
        let asked = match response.status() {
            StatusCode::TooManyRequests | StatusCode::ServiceUnavailable => asked_wait(response.headers()),
            _ => None,
        };
        let asked = asked.unwrap_or_default();
        let is_pause = response.status() == StatusCode::TooManyRequests;
        let free = if is_pause { asked } else { Duration::ZERO };
        // An error with a status is not sent again.
        if free > self.left(operation) {
            return check_success(response, None).await;
        }
        let is_late = is_late(operation, asked.saturating_sub(free));
        if !free.is_zero() {
            self.pause(free);
            operation.extend(free);
        }
        if is_late { check_success(response, None).await } else { Ok(response) }
    }
}

/// Checks whether a try after this wait would come after the limit of the call. The waits of the retry policy itself
/// are not known, because azure_core shows nobody what its options contain.
fn is_late(operation: &Operation, wait: Duration) -> bool {
    operation.left().is_some_and(|left| left <= wait)
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
            self.wait(operation).await;
        }
        let tries = operation.state().tries;
        let result = next[0].send(ctx, request, &next[1..]).await;
        operation.resume();
        let sent = operation.state().tries > tries;
        if !sent && result.is_err() {
            // The error is not about a failure of a try before.
            operation.state().failed = None;
        }
        match result {
            result if !retries(ctx) => result,
            Ok(response) => self.answered(operation, response).await,
            // The retry policy sends requests again after errors of these kinds only.
            Err(error) if sent && matches!(error.kind(), ErrorKind::Io | ErrorKind::Connection) => {
                match is_late(operation, Duration::ZERO) {
                    true => Err(Error::with_error(ErrorKind::Other, error, "no time is left for another try")),
                    false => Err(error),
                }
            }
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Repeat;
    use crate::timeouts::Timeouts;

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
        let operation = Operation::new(Timeouts::none(), Repeat::Always);
        futures::executor::block_on(pace.wait(&operation));
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
