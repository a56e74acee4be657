//! The time of the service: what its clock shows, and changes of it, which the folder keeps.

use std::sync::Arc;

use acs_identity_protocol::time::whole_seconds;
use time::{Duration, OffsetDateTime};
use tokio::sync::Mutex;

use super::access_keys::AccessKeys;
use super::first_start::StartError;
use super::refusal::{Refusal, Refused};
use crate::clock::{ClockState, EARLIEST, LATEST, ServiceClock, machine, nanos};
use crate::error::Error;
use crate::seed::SeedClock;
use crate::store::{Caller, Failure, Store, StoreError};

/// The name of the setting that keeps the state of the clock.
pub(super) const CLOCK: &str = "clock";

/// A change of the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClockChange {
    /// Shows that time. A frozen clock stays frozen.
    Set(OffsetDateTime),
    /// Moves the time forward, or back if the duration is negative.
    Advance(Duration),
    /// Stops the clock.
    Freeze,
    /// Lets the clock run again.
    Resume,
    /// Shows the machine's time.
    Reset,
}

/// What the clock shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ClockReading {
    pub(crate) now: OffsetDateTime,
    pub(crate) is_frozen: bool,
    /// What the machine's clock shows.
    pub(crate) machine: OffsetDateTime,
}

/// The time of the service.
pub(crate) struct ServiceTime {
    store: Arc<Store>,
    clock: ServiceClock,
    access_keys: Arc<AccessKeys>,
    /// Changes take place one after the other, so that the store keeps the state that the clock has.
    turn: Mutex<()>,
}

impl ServiceTime {
    pub(super) fn new(store: Arc<Store>, clock: ServiceClock, access_keys: Arc<AccessKeys>) -> Self {
        Self { store, clock, access_keys, turn: Mutex::default() }
    }

    /// Returns what the clock shows.
    pub(crate) fn read(&self) -> ClockReading {
        reading(self.clock.state())
    }

    /// Changes the clock. When this returns, the folder keeps the change. Revocations that are due by the former or by
    /// the new time are then in force permanently.
    pub(crate) async fn change(&self, caller: Caller, change: ClockChange) -> Refused<ClockReading> {
        let _turn = self.turn.lock().await;
        let (former, machine) = (self.clock.state(), machine::now());
        let state = changed(former, change, machine)?;
        self.access_keys.heed(self.put(caller, former, state, machine).await).await?;
        Ok(reading(state))
    }

    /// Sets the clock at the start of the emulator.
    pub(super) async fn start_at(&self, now: OffsetDateTime) -> Result<(), StartError> {
        let (former, machine) = (self.clock.state(), machine::now());
        let state = changed(former, ClockChange::Set(now), machine).map_err(|_| Error::ClockTime(now))?;
        Ok(self.put(Caller::Entra, former, state, machine).await?)
    }

    /// Sets the clock as a seed says, if the store keeps no state of the clock.
    pub(super) async fn keep(&self, clock: SeedClock) -> Result<(), StartError> {
        let (former, machine) = (self.clock.state(), machine::now());
        let is_kept = self.store.setting(CLOCK).await?.is_some();
        let state = if is_kept { ClockState::MACHINE } else { former };
        // It is frozen first, so that it shows exactly the time of the seed.
        let state = if clock.is_frozen { state.frozen(machine) } else { state };
        let state = match clock.now {
            Some(now) => changed(state, ClockChange::Set(now), machine).map_err(|_| Error::ClockTime(now))?,
            None => state,
        };
        if is_kept {
            let apart = (state.now(machine) - former.now(machine)).abs();
            if state.is_frozen() != former.is_frozen() || apart >= Duration::SECOND {
                tracing::info!("the clock of the seed is not in force: the data keeps the clock of an earlier start");
            }
            return Ok(());
        }
        Ok(self.put(Caller::Entra, former, state, machine).await?)
    }

    /// Does work that replaces the state that the store keeps. The clock then shows what the setting says, or the
    /// machine's time without one. It is not changed if the work fails.
    pub(super) async fn replacing<T>(
        &self,
        setting: Option<&str>,
        work: impl Future<Output = Refused<T>>,
    ) -> Refused<T> {
        let _turn = self.turn.lock().await;
        let done = work.await?;
        self.clock.put(setting.and_then(state_of).unwrap_or(ClockState::MACHINE));
        Ok(done)
    }

    /// Makes the clock show what the setting says, or the machine's time without one.
    pub(super) fn take(&self, setting: Option<&str>) -> Result<(), StoreError> {
        let state = setting.map(|text| state_of(text).ok_or_else(damaged)).transpose()?;
        let state = state.unwrap_or(ClockState::MACHINE);
        // A clock that is put anew moves on: it must not when nothing has changed.
        if state != self.clock.state() {
            self.clock.put(state);
        }
        Ok(())
    }

    async fn put(
        &self,
        caller: Caller,
        former: ClockState,
        state: ClockState,
        machine: OffsetDateTime,
    ) -> Result<(), Failure> {
        let latest = nanos(former.now(machine).max(state.now(machine)));
        self.store.set_clock(caller, (CLOCK.to_owned(), text_of(state)), latest).await?;
        self.clock.put(state);
        Ok(())
    }
}

/// Makes the clock show what the store keeps, and returns whether it keeps anything. Otherwise the clock stays as it
/// is.
pub(crate) async fn restore(store: &Store, clock: &ServiceClock) -> Result<bool, Failure> {
    let Some(text) = store.setting(CLOCK).await? else { return Ok(false) };
    clock.put(state_of(&text).ok_or_else(damaged)?);
    Ok(true)
}

fn damaged() -> StoreError {
    StoreError::Damaged { what: "the setting of the clock cannot be read".into() }
}

/// Says in the log that the clock does not show the machine's time, which an earlier start may have left behind.
pub(super) fn tell(clock: &ServiceClock) {
    if clock.state() == ClockState::MACHINE {
        return;
    }
    let ClockReading { now, is_frozen, machine } = reading(clock.state());
    let (far, side) = ((now - machine).abs(), if now < machine { "behind" } else { "ahead of" });
    let (days, hours, minutes) = (far.whole_days(), far.whole_hours() % 24, far.whole_minutes() % 60);
    let frozen = if is_frozen { "frozen, " } else { "" };
    let now = whole_seconds(now);
    tracing::warn!(
        %now,
        "the data keeps a clock that was set before: it is {frozen}{days} d {hours} h {minutes} min {side} the \
         machine's clock, and shows {now}"
    );
}

fn reading(state: ClockState) -> ClockReading {
    let machine = machine::now();
    ClockReading { now: state.now(machine), is_frozen: state.is_frozen(), machine }
}

fn changed(state: ClockState, change: ClockChange, machine: OffsetDateTime) -> Refused<ClockState> {
    let (earliest, latest) = (EARLIEST, LATEST);
    let set = |now: Option<OffsetDateTime>| {
        let now = now.filter(|now| (earliest..=latest).contains(now))?;
        Some(state.set(now, machine))
    };
    match change {
        ClockChange::Set(now) => set(Some(now)).ok_or(Refusal::ClockTime { earliest, latest }),
        ClockChange::Advance(by) => {
            set(state.now(machine).checked_add(by)).ok_or(Refusal::ClockMove { earliest, latest })
        }
        ClockChange::Freeze => Ok(state.frozen(machine)),
        ClockChange::Resume => Ok(state.running(machine)),
        ClockChange::Reset => Ok(ClockState::MACHINE),
    }
}

/// Returns the text of a state in the store.
fn text_of(state: ClockState) -> String {
    match state {
        ClockState::Running { ahead } => format!("ahead {ahead}"),
        ClockState::Frozen { at } => format!("frozen {at}"),
    }
}

/// Returns whether a text is a state of the clock in the store.
pub(super) fn is_state(text: &str) -> bool {
    state_of(text).is_some()
}

fn state_of(text: &str) -> Option<ClockState> {
    let (kind, micros) = text.split_once(' ')?;
    let micros = micros.parse().ok()?;
    match kind {
        "ahead" => Some(ClockState::Running { ahead: micros }),
        "frozen" => Some(ClockState::Frozen { at: micros }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_store_keeps_every_state_as_a_text() {
        for state in [ClockState::MACHINE, ClockState::Running { ahead: -7 }, ClockState::Frozen { at: 7 }] {
            assert_eq!(state_of(&text_of(state)), Some(state));
        }
        for text in ["", "ahead", "ahead x", "behind 7", "frozen 1.5"] {
            assert_eq!(state_of(text), None, "{text}");
        }
    }

    #[test]
    fn times_that_tokens_or_the_store_cannot_express_are_refused() {
        let machine = machine::now();
        let (earliest, latest) = (EARLIEST, LATEST);
        for frozen in [false, true] {
            let state = if frozen { ClockState::MACHINE.frozen(machine) } else { ClockState::MACHINE };
            let after = |change| changed(state, change, machine).map(|state| state.now(machine));
            for time in [EARLIEST, LATEST] {
                let shown = after(ClockChange::Set(time)).unwrap();
                assert!((time..time + Duration::MICROSECOND).contains(&shown), "{shown}");
            }
            for time in [EARLIEST - Duration::SECOND, LATEST + Duration::SECOND] {
                assert_eq!(after(ClockChange::Set(time)), Err(Refusal::ClockTime { earliest, latest }));
            }
            for by in [Duration::MIN, Duration::MAX, -Duration::days(365 * 100), Duration::days(365 * 300)] {
                assert_eq!(after(ClockChange::Advance(by)), Err(Refusal::ClockMove { earliest, latest }), "{by}");
            }
        }
    }
}
