//! How long a client waits.

use std::time::Duration;

/// How long a client waits for the service. `None` is no limit.
///
/// A call takes no longer than `operation` and `pause` together, and the time of a sign-in.
///
/// The limits come in addition to the retries of [`ClientOptions::retry`](azure_core::http::ClientOptions::retry):
/// whichever ends first ends the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// The limit of one try: connection, request, and the whole answer. The default is 8 seconds.
    pub attempt: Option<Duration>,

    /// The limit of a call with all its tries and the waits between them. The default is 9 seconds.
    ///
    /// Two things do not count: the time in which the credential gets its Entra token, because a user may have to sign
    /// in, and the waits that the service asks for by 429 with `Retry-After`.
    pub operation: Option<Duration>,

    /// How long a call waits in all because the service asks for it by 429 with `Retry-After`. The default is 60
    /// seconds.
    ///
    /// All requests of the client wait together. A 429 that asks for more than is left is returned as an error at once.
    /// Zero turns waits of this kind off. So does [`RetryOptions::none`](azure_core::http::RetryOptions::none).
    pub pause: Option<Duration>,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            attempt: Some(Duration::from_secs(8)),
            operation: Some(Duration::from_secs(9)),
            pause: Some(Duration::from_secs(60)),
        }
    }
}

impl Timeouts {
    /// Returns no limits. A call may then never end, so the transport should have limits of its own.
    pub const fn none() -> Self {
        Self { attempt: None, operation: None, pause: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_ends_within_ten_seconds_by_default_and_waits_no_longer_than_a_minute_if_asked() {
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        let expected = Timeouts { attempt: seconds(8), operation: seconds(9), pause: seconds(60) };
        assert_eq!(Timeouts::default(), expected);
        assert_eq!(Timeouts::none(), Timeouts { attempt: None, operation: None, pause: None });
    }
}
