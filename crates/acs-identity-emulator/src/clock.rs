//! The two times of the emulator. Nothing else in this crate reads a clock or waits: clippy.toml forbids it.
//!
//! * Service time is what the service takes for now: tokens, revocations, device codes, stored dates. It can be set, so that a
//!   test need not wait for a token to expire.
//! * Machine time is the machine's own, and cannot be set here: the date of a signature, callers' Entra tokens, certificates,
//!   rate limits, timeouts and the log.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use time::{Duration, OffsetDateTime};

/// The time of the service. Copies show the same time.
#[derive(Debug, Clone, Default)]
pub struct ServiceClock {
    /// How far it is ahead of the machine's clock, in nanoseconds.
    ahead: Arc<AtomicI64>,
}

impl ServiceClock {
    /// What the service takes for now. Goes on with the machine's clock.
    pub fn now(&self) -> OffsetDateTime {
        let ahead = Duration::nanoseconds(self.ahead.load(Ordering::Relaxed));
        let now = machine::now();
        now.checked_add(ahead).unwrap_or(now)
    }

    /// Sets it. What lies more than 292 years from the machine's clock counts as 292 years.
    pub fn set(&self, now: OffsetDateTime) {
        let ahead = (now - machine::now()).whole_nanoseconds();
        let nearest = if ahead < 0 { i64::MIN } else { i64::MAX };
        self.ahead.store(i64::try_from(ahead).unwrap_or(nearest), Ordering::Relaxed);
    }

    /// Sets it on by so much, or back by a negative amount.
    pub fn advance(&self, by: Duration) {
        let now = self.now();
        self.set(now.checked_add(by).unwrap_or(now));
    }
}

/// Nanoseconds since 1970, as the store keeps times. A time that is too early or too late becomes the first or the last one.
pub(crate) fn nanos(at: OffsetDateTime) -> i64 {
    let nanos = at.unix_timestamp_nanos();
    i64::try_from(nanos).unwrap_or(if nanos < 0 { i64::MIN } else { i64::MAX })
}

/// The machine's own time.
#[allow(clippy::disallowed_methods, reason = "the one place that may")]
pub(crate) mod machine {
    use std::future::Future;
    use std::time::{Duration, Instant, SystemTime};

    use time::OffsetDateTime;

    /// The date and time.
    pub(crate) fn now() -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }

    /// The date and time, also where no date can be told from it.
    pub(crate) fn system() -> SystemTime {
        SystemTime::now()
    }

    /// A point in time for measuring how long something takes.
    pub(crate) fn instant() -> Instant {
        Instant::now()
    }

    /// How long ago that point was.
    pub(crate) fn since(instant: Instant) -> Duration {
        instant.elapsed()
    }

    /// Waits.
    pub(crate) async fn sleep(duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    /// Waits, and this thread with it. For the start, where nothing else runs.
    #[cfg(feature = "sqlite")]
    pub(crate) fn sleep_here(duration: Duration) {
        std::thread::sleep(duration);
    }

    /// What the future gives; `None` where that takes longer.
    pub(crate) async fn timeout<T>(duration: Duration, future: impl Future<Output = T>) -> Option<T> {
        tokio::time::timeout(duration, future).await.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_can_be_set_and_goes_on() {
        let clock = ServiceClock::default();
        let copy = clock.clone();
        clock.set(OffsetDateTime::UNIX_EPOCH);
        let now = copy.now();
        assert!((OffsetDateTime::UNIX_EPOCH..OffsetDateTime::UNIX_EPOCH + Duration::MINUTE).contains(&now));
        copy.advance(-Duration::DAY);
        assert!(clock.now() < OffsetDateTime::UNIX_EPOCH);
        assert!(clock.now() >= now - Duration::DAY);
    }

    #[test]
    fn what_is_too_far_away_counts_as_292_years() {
        let clock = ServiceClock::default();
        clock.set(time::Date::MIN.midnight().assume_utc());
        assert!((1700..1800).contains(&clock.now().year()));
        clock.set(time::Date::MAX.midnight().assume_utc());
        assert!((2300..2400).contains(&clock.now().year()));
    }
}
