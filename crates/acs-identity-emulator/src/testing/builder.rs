//! The options of an emulator.

use std::io;
use std::time::Duration;

use time::OffsetDateTime;

use super::emulator::Emulator;
use crate::config::Config;
use crate::error::Error;
use crate::seed::Seed;

/// The options of an [`Emulator`].
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::Duration;
///
/// use acs_identity_emulator::Seed;
/// use acs_identity_emulator::testing::Emulator;
///
/// let emulator = Emulator::builder()
///     .seed(Seed::parse(b"identities: [{customId: alice}]")?)
///     .revocation_delay(Duration::from_secs(15 * 60))
///     .start()
///     .await?;
/// # assert!(emulator.requests().is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until it is started"]
pub struct Builder(Config);

impl Default for Builder {
    fn default() -> Self {
        Self(Config::in_memory())
    }
}

impl Builder {
    /// Starts with these identities, assignments, keys and faults.
    pub fn seed(self, seed: Seed) -> Self {
        Self(Config { seed: Some(seed), ..self.0 })
    }

    /// Lets a revocation take so long to come into force, at most 15 minutes, as the service documents. Without it, a
    /// revocation is in force at once.
    pub fn revocation_delay(self, delay: Duration) -> Self {
        Self(Config { revocation_delay: delay, ..self.0 })
    }

    /// Enforces the documented rate limits.
    pub fn throttle(self) -> Self {
        Self(Config { throttle: true, ..self.0 })
    }

    /// Refuses api-versions that are newer than all known versions. Otherwise they are served as the newest version.
    pub fn strict_api_version(self) -> Self {
        Self(Config { strict_api_version: true, ..self.0 })
    }

    /// Lets the service's clock show this time at the start. It runs on from there.
    pub fn time(self, time: impl Into<OffsetDateTime>) -> Self {
        Self(Config { clock_time: Some(time.into()), ..self.0 })
    }

    /// Starts the emulator. It serves when this returns.
    ///
    /// # Errors
    ///
    /// Fails when no port or thread is available, and when the seed, the time or the delay of revocations cannot be
    /// used.
    pub async fn start(self) -> Result<Emulator, Error> {
        let handle = crate::server::Emulator::start_on_one_thread(self.0).await?;
        Emulator::of(handle).ok_or_else(|| Error::Threads(io::ErrorKind::Other.into()))
    }
}
