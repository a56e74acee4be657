//! The clock of a test's emulator.

use std::sync::Arc;

use time::{Duration, OffsetDateTime};

use crate::clock::{EARLIEST, LATEST};
use crate::core::{ClockChange, Refusal};
use crate::edge::Edge;
use crate::store::{Caller, block_on};

/// The clock of the service. Tokens and revocations use it, so a test need not wait for them. Signatures of requests
/// and certificates use the machine's clock. Clones show the same time, and can be given to the code under test.
/// A clock still shows the time after its emulator has stopped, but then cannot be set.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), acs_identity_emulator::Error> {
/// # use acs_identity_emulator::testing::Emulator;
/// use std::time::{Duration, SystemTime};
///
/// let emulator = Emulator::start().await?;
/// let clock = emulator.clock();
/// clock.freeze();
/// let before = clock.now();
/// clock.advance(Duration::from_secs(90 * 60));
/// assert_eq!(clock.now() - before, Duration::from_secs(90 * 60));
/// clock.set(SystemTime::UNIX_EPOCH);
/// assert_eq!(clock.now().unix_timestamp(), 0);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Clock(Arc<Edge>);

impl Clock {
    pub(super) fn of(edge: Arc<Edge>) -> Self {
        Self(edge)
    }

    /// Returns the time that the clock shows.
    pub fn now(&self) -> OffsetDateTime {
        self.0.core().service_time.read().now
    }

    /// Sets the time: an [`OffsetDateTime`], such as the expiry of a token, or a
    /// [`SystemTime`](std::time::SystemTime). A frozen clock stays frozen.
    ///
    /// # Panics
    ///
    /// Panics if the time is before 1970 or after 2261, and if a client has stopped the emulator. So do the other
    /// methods that change the clock.
    #[track_caller]
    pub fn set(&self, time: impl Into<OffsetDateTime>) {
        self.change(ClockChange::Set(time.into()));
    }

    /// Moves the clock by a duration: a [`std::time::Duration`], or a [`time::Duration`], which can be negative.
    ///
    /// # Panics
    ///
    /// Panics if the clock would then show a time before 1970 or after 2261.
    #[track_caller]
    pub fn advance(&self, by: impl TryInto<Duration>) {
        let by = by.try_into().unwrap_or_else(|_| panic!("{}", out_of_range()));
        self.change(ClockChange::Advance(by));
    }

    /// Stops the clock at the time that it shows.
    pub fn freeze(&self) {
        self.change(ClockChange::Freeze);
    }

    /// Lets a frozen clock run on from the time that it shows.
    pub fn resume(&self) {
        self.change(ClockChange::Resume);
    }

    /// Shows the machine's time again.
    pub fn reset(&self) {
        self.change(ClockChange::Reset);
    }

    #[track_caller]
    fn change(&self, change: ClockChange) {
        let changed = block_on(self.0.core().service_time.change(Caller::Entra, change));
        match changed {
            Ok(_) => {}
            Err(Refusal::ClockTime { .. } | Refusal::ClockMove { .. }) => panic!("{}", out_of_range()),
            Err(_) => panic!("The clock of the emulator can no longer be set: the emulator has stopped."),
        }
    }
}

fn out_of_range() -> String {
    format!("The clock of the emulator can show times from {} to {} only.", EARLIEST.date(), LATEST.date())
}
