//! The waits of azure_core's retry policy.

use std::time::Duration;

use azure_core::http::policies::RetryPolicyCount;
use azure_core::http::{Context, ExponentialRetryOptions, RetryOptions};

/// How long the retry policy waits at least before the next try.
///
/// azure_core tells nobody what its options contain. But two options with the same debug text are the same, so the
/// default ones are known.
#[derive(Debug)]
pub(crate) struct Backoff(Option<ExponentialRetryOptions>);

impl Backoff {
    pub(crate) fn of(options: &RetryOptions) -> Self {
        let is_default = format!("{options:?}") == format!("{:?}", RetryOptions::default());
        Self(is_default.then(ExponentialRetryOptions::default))
    }

    /// Returns the shortest wait after this try. It is zero if the options are the caller's own.
    pub(crate) fn after(&self, ctx: &Context<'_>) -> Duration {
        let (Some(options), Some(count)) = (&self.0, ctx.value::<RetryPolicyCount>()) else { return Duration::ZERO };
        let wait = options.initial_delay * 2_i32.saturating_pow(count.saturating_add(1));
        wait.min(options.max_delay).try_into().unwrap_or(Duration::ZERO)
    }
}
