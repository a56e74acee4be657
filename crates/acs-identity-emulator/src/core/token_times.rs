//! Other times in a token than those of its issue, with which clients are tested.

use time::{Duration, OffsetDateTime};

/// Changes the times in a token. By default, nothing is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct TokenTimes {
    /// How far the clock is ahead that the times are read from.
    pub(crate) ahead: Duration,
    /// When the token expires, from now. It has expired if the duration is not positive.
    pub(crate) expires_in: Option<Duration>,
}

impl TokenTimes {
    /// Returns the times of issue and of expiry of a token that is issued now with that lifetime.
    pub(super) fn of(self, now: OffsetDateTime, lifetime: Duration) -> (OffsetDateTime, OffsetDateTime) {
        let now = now.saturating_add(self.ahead);
        match self.expires_in {
            None => (now, now.saturating_add(lifetime)),
            // It is like a token that was issued earlier.
            Some(left) => {
                let expires_on = now.saturating_add(left);
                (expires_on.saturating_sub(lifetime), expires_on)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_can_have_the_times_of_another_clock_or_of_an_earlier_issue() {
        let at = |seconds| OffsetDateTime::from_unix_timestamp(seconds).unwrap();
        let (ahead, hour) = (Duration::seconds(-60), Duration::HOUR);
        assert_eq!(TokenTimes::default().of(at(5000), hour), (at(5000), at(8600)));
        assert_eq!(TokenTimes { ahead, expires_in: None }.of(at(5000), hour), (at(4940), at(8540)));
        let expired = TokenTimes { expires_in: Some(Duration::seconds(-1)), ..TokenTimes::default() };
        assert_eq!(expired.of(at(5000), hour), (at(1399), at(4999)));
    }
}
