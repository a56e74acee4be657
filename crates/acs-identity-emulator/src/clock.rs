//! The two clocks of the emulator. Nothing else in this crate reads a clock or waits; clippy.toml forbids it.
//!
//! * Service time is the current time of the service: tokens, also the emulator's own Entra tokens, revocations, device
//!   codes and stored dates use it. A test can set it, so that it need not wait for a token to expire.
//! * Machine time is the time of this machine and cannot be set here. The dates of signatures, the expiry of an Entra
//!   token with which a caller authenticates, certificates, rate limits, timeouts and the log use it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use time::{Date, Duration, Month, OffsetDateTime};

/// The clock of the service. Clones share the same time. Its times are whole microseconds while it is frozen.
#[derive(Debug, Clone, Default)]
pub struct ServiceClock {
    /// The state, as [`ClockState::word`] packs it. Every request reads it, so it is a single atomic.
    word: Arc<AtomicI64>,
}

/// How the service clock gets its time. The default is the machine's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClockState {
    /// It runs, so many microseconds ahead of the machine's clock.
    Running { ahead: i64 },
    /// It stands still, so many microseconds after the start of 1970.
    Frozen { at: i64 },
}

/// The earliest time that the clock can be set to. Times in tokens are seconds since then.
pub(crate) const EARLIEST: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

/// The latest time that the clock can be set to. The store keeps times up to April 2262, so a clock that was set to
/// this time can run on, and the times of its tokens can still be stored.
pub(crate) const LATEST: OffsetDateTime = match Date::from_calendar_date(2262, Month::January, 1) {
    Ok(date) => date.midnight().assume_utc(),
    Err(_) => OffsetDateTime::UNIX_EPOCH,
};

/// The store keeps times as nanoseconds in an `i64`: 292 years before and after 1970.
const MOST_MICROS: i64 = i64::MAX / 1000;

/// Returns a duration in microseconds. It is rounded up, so that a clock that is set never shows an earlier second.
fn micros(duration: Duration) -> i64 {
    let micros = -(-duration.whole_nanoseconds()).div_euclid(1000);
    let nearest = if micros < 0 { -MOST_MICROS } else { MOST_MICROS };
    i64::try_from(micros).unwrap_or(nearest).clamp(-MOST_MICROS, MOST_MICROS)
}

impl ClockState {
    /// The machine's time.
    pub(crate) const MACHINE: Self = Self::Running { ahead: 0 };

    /// Packs the state into a number. The lowest bit says whether the clock is frozen.
    fn word(self) -> i64 {
        match self {
            Self::Running { ahead } => ahead << 1,
            Self::Frozen { at } => at << 1 | 1,
        }
    }

    fn of_word(word: i64) -> Self {
        let micros = word >> 1;
        if word & 1 == 0 { Self::Running { ahead: micros } } else { Self::Frozen { at: micros } }
    }

    pub(crate) fn is_frozen(self) -> bool {
        matches!(self, Self::Frozen { .. })
    }

    /// Returns the time that a clock in this state shows while the machine's clock shows `machine`.
    pub(crate) fn now(self, machine: OffsetDateTime) -> OffsetDateTime {
        let shown = match self {
            Self::Running { ahead } => machine.checked_add(Duration::microseconds(ahead)),
            Self::Frozen { at } => OffsetDateTime::UNIX_EPOCH.checked_add(Duration::microseconds(at)),
        };
        shown.unwrap_or(machine)
    }

    /// Returns the state that shows that time. A frozen clock stays frozen.
    pub(crate) fn set(self, now: OffsetDateTime, machine: OffsetDateTime) -> Self {
        match self {
            Self::Running { .. } => Self::Running { ahead: micros(now - machine) },
            Self::Frozen { .. } => Self::Frozen { at: micros(now - OffsetDateTime::UNIX_EPOCH) },
        }
    }

    /// Returns the state that shows the same time and stands still.
    pub(crate) fn frozen(self, machine: OffsetDateTime) -> Self {
        match self {
            Self::Running { .. } => Self::Frozen { at: micros(self.now(machine) - OffsetDateTime::UNIX_EPOCH) },
            Self::Frozen { .. } => self,
        }
    }

    /// Returns the state that shows the same time and runs.
    pub(crate) fn running(self, machine: OffsetDateTime) -> Self {
        match self {
            Self::Running { .. } => self,
            Self::Frozen { .. } => Self::Running { ahead: micros(self.now(machine) - machine) },
        }
    }
}

impl ServiceClock {
    /// Returns the current time of the service. It advances with the machine's clock, unless it is frozen.
    pub fn now(&self) -> OffsetDateTime {
        self.state().now(machine::now())
    }

    /// Sets the time. A frozen clock stays frozen. The time is limited to 292 years from the machine's clock, or from
    /// 1970 if the clock is frozen.
    pub fn set(&self, now: OffsetDateTime) {
        self.change(|state, machine| state.set(now, machine));
    }

    /// Moves the time forward by a duration, or back if the duration is negative.
    pub fn advance(&self, by: Duration) {
        self.change(|state, machine| {
            let now = state.now(machine);
            state.set(now.checked_add(by).unwrap_or(now), machine)
        });
    }

    /// Stops the clock at the time that it shows.
    pub fn freeze(&self) {
        self.change(ClockState::frozen);
    }

    /// Lets a frozen clock run on from the time that it shows.
    pub fn resume(&self) {
        self.change(ClockState::running);
    }

    /// Makes the clock show the machine's time again.
    pub fn reset(&self) {
        self.put(ClockState::MACHINE);
    }

    pub(crate) fn state(&self) -> ClockState {
        ClockState::of_word(self.word.load(Ordering::Relaxed))
    }

    pub(crate) fn put(&self, state: ClockState) {
        self.word.store(state.word(), Ordering::Relaxed);
    }

    fn change(&self, new: impl Fn(ClockState, OffsetDateTime) -> ClockState) {
        let word = |word| Some(new(ClockState::of_word(word), machine::now()).word());
        // The closure always returns a word, so this never fails.
        let _ = self.word.fetch_update(Ordering::Relaxed, Ordering::Relaxed, word);
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
    #[cfg(any(feature = "postgres", feature = "sqlite", test))]
    pub(crate) fn sleep_here(duration: Duration) {
        std::thread::sleep(duration);
    }

    /// Awaits a future. Returns `None` if it is not ready at the point in time.
    #[cfg(feature = "postgres")]
    pub(crate) async fn until<T>(end: Instant, future: impl Future<Output = T>) -> Option<T> {
        tokio::time::timeout_at(end.into(), future).await.ok()
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
        clock.freeze();
        clock.set(time::Date::MIN.midnight().assume_utc());
        assert!((1600..1700).contains(&clock.now().year()));
    }

    #[test]
    fn a_frozen_clock_stands_still_until_it_is_resumed() {
        let clock = ServiceClock::default();
        clock.advance(Duration::DAY);
        clock.freeze();
        let at = clock.now();
        machine::sleep_here(std::time::Duration::from_millis(2));
        assert_eq!(clock.now(), at);
        clock.advance(-Duration::HOUR);
        assert_eq!(clock.now(), at - Duration::HOUR);
        clock.set(OffsetDateTime::UNIX_EPOCH);
        assert_eq!(clock.now(), OffsetDateTime::UNIX_EPOCH);
        clock.freeze();
        assert_eq!(clock.now(), OffsetDateTime::UNIX_EPOCH);
        clock.resume();
        machine::sleep_here(std::time::Duration::from_millis(2));
        assert!(clock.now() > OffsetDateTime::UNIX_EPOCH);
        assert!(clock.now() < OffsetDateTime::UNIX_EPOCH + Duration::MINUTE);
        clock.reset();
        assert!((clock.now() - machine::now()).abs() < Duration::MINUTE);
    }

    #[test]
    fn every_state_fits_into_one_number() {
        for micros in [0, 1, -1, MOST_MICROS, -MOST_MICROS] {
            for state in [ClockState::Running { ahead: micros }, ClockState::Frozen { at: micros }] {
                assert_eq!(ClockState::of_word(state.word()), state);
            }
        }
    }
}
