//! The two clocks of the emulator. Nothing else in this crate reads a clock or waits; clippy.toml forbids it.
//!
//! * Service time is the current time of the service: tokens, revocations, device codes and stored dates use it. A test
//!   can set it, so that it need not wait for a token to expire.
//! * Machine time is the time of this machine and cannot be set here. The dates of signatures, the Entra tokens of
//!   callers, certificates, rate limits, timeouts and the log use it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use time::{Duration, OffsetDateTime};

/// The clock of the service. Clones share the same time.
#[derive(Debug, Clone, Default)]
pub struct ServiceClock {
    /// How far the service time is ahead of the machine's clock, in nanoseconds.
    ahead: Arc<AtomicI64>,
}

impl ServiceClock {
    /// Returns the current time of the service. It advances with the machine's clock.
    pub fn now(&self) -> OffsetDateTime {
        let ahead = Duration::nanoseconds(self.ahead.load(Ordering::Relaxed));
        let now = machine::now();
        now.checked_add(ahead).unwrap_or(now)
    }

    /// Sets the time. A time that is more than 292 years from the machine's clock is limited to 292 years.
    pub fn set(&self, now: OffsetDateTime) {
        let ahead = (now - machine::now()).whole_nanoseconds();
        let nearest = if ahead < 0 { i64::MIN } else { i64::MAX };
        self.ahead.store(i64::try_from(ahead).unwrap_or(nearest), Ordering::Relaxed);
    }

    /// Moves the time forward by a duration, or back if the duration is negative.
    pub fn advance(&self, by: Duration) {
        let now = self.now();
        self.set(now.checked_add(by).unwrap_or(now));
    }
}

/// Returns the nanoseconds since 1970, the format of times in the store. A time outside the range becomes the earliest
/// or latest time that fits.
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

    /// Returns the current date and time.
    pub(crate) fn now() -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }

    /// Returns the current time as the system has it. Unlike [`now`], it never fails to convert a time into a date.
    pub(crate) fn system() -> SystemTime {
        SystemTime::now()
    }

    /// Returns a point in time for measuring how long something takes.
    pub(crate) fn instant() -> Instant {
        Instant::now()
    }

    /// Returns the time that has passed since a point in time.
    pub(crate) fn since(instant: Instant) -> Duration {
        instant.elapsed()
    }

    /// Waits for a duration.
    pub(crate) async fn sleep(duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    /// Blocks the current thread for a duration. It is only for the start, when no other task runs on the thread.
    #[cfg(feature = "sqlite")]
    pub(crate) fn sleep_here(duration: Duration) {
        std::thread::sleep(duration);
    }

    /// Awaits a future. Returns `None` when it takes longer than the duration.
    pub(crate) async fn timeout<T>(duration: Duration, future: impl Future<Output = T>) -> Option<T> {
        tokio::time::timeout(duration, future).await.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_service_clock_can_be_set_and_advances() {
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
    fn a_time_too_far_away_is_limited_to_292_years() {
        let clock = ServiceClock::default();
        clock.set(time::Date::MIN.midnight().assume_utc());
        assert!((1700..1800).contains(&clock.now().year()));
        clock.set(time::Date::MAX.midnight().assume_utc());
        assert!((2300..2400).contains(&clock.now().year()));
    }
}
