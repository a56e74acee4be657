//! An emulator for a test.

use std::fmt;
use std::sync::Arc;

use super::builder::Builder;
use super::clock::Clock;
use super::faults::Faults;
use super::requests::{self, Request};
use crate::edge::Edge;
use crate::error::Error;
use crate::server::{Access, Handle};
use crate::store::{Caller, block_on};

/// An emulator for a test, which runs in this process. It stops when it is dropped.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), acs_identity_emulator::Error> {
/// use acs_identity_emulator::testing::Emulator;
///
/// let (first, second) = (Emulator::start().await?, Emulator::start().await?);
/// assert_ne!(first.endpoint(), second.endpoint());
/// # Ok(())
/// # }
/// ```
///
/// A drop cuts the connections, and returns when the port is free.
#[must_use = "the emulator stops when it is dropped"]
pub struct Emulator {
    handle: Handle,
    edge: Arc<Edge>,
}

impl Emulator {
    /// Starts an emulator with the usual options. It serves when this returns.
    ///
    /// The calling thread is not blocked. The emulator's `tracing` events go to the subscriber of the calling thread.
    ///
    /// # Errors
    ///
    /// Fails when no port or thread is available.
    pub async fn start() -> Result<Self, Error> {
        Self::builder().start().await
    }

    /// Returns a builder for an emulator with other options.
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(super) fn of(handle: Handle) -> Option<Self> {
        let edge = handle.edge()?;
        Some(Self { handle, edge })
    }

    /// Returns the connection string, with which every client of the service connects. Its endpoint is HTTPS, so the
    /// client must trust [`Emulator::ca_certificate`].
    pub fn connection_string(&self) -> &str {
        self.handle.connection_string()
    }

    /// Returns the endpoint: `https://localhost:PORT`. The same port also serves plain HTTP.
    pub fn endpoint(&self) -> &str {
        self.handle.endpoint()
    }

    /// Returns the port on this machine.
    pub fn port(&self) -> u16 {
        self.handle.port()
    }

    /// Returns the certificate that clients must trust, in PEM. Each emulator has another one.
    pub fn ca_certificate(&self) -> &str {
        self.handle.ca_certificate()
    }

    /// Returns everything that clients can use, such as the credentials for Entra tokens.
    pub fn access(&self) -> &Access {
        &self.handle
    }

    /// Returns the clock of the service, which the test can set. It can also be the clock of the code under test.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use acs_identity_emulator::testing::Emulator;
    /// use std::time::{Duration, SystemTime};
    ///
    /// let emulator = Emulator::start().await?;
    /// let clock = emulator.clock();
    /// let now: Box<dyn Fn() -> SystemTime + Send + Sync + 'static> = Box::new(move || clock.now().into());
    /// let before = now();
    /// emulator.clock().advance(Duration::from_secs(60 * 60));
    /// assert!(now().duration_since(before)? >= Duration::from_secs(60 * 60));
    /// # Ok(())
    /// # }
    /// ```
    pub fn clock(&self) -> Clock {
        Clock::of(self.edge.clone())
    }

    /// Returns the faults that requests hit.
    pub fn faults(&self) -> Faults<'_> {
        Faults::of(&self.edge)
    }

    /// Returns whether the service would accept an access token now: the emulator has issued it, and it has not
    /// expired, was not revoked, and its identity was not deleted.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), acs_identity_emulator::Error> {
    /// # use acs_identity_emulator::testing::Emulator;
    /// let emulator = Emulator::start().await?;
    /// assert!(!emulator.is_active("not a token of this emulator"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// Panics if a client has stopped the emulator.
    #[track_caller]
    pub fn is_active(&self, token: &str) -> bool {
        match block_on(self.edge.core().introspector.introspect(Caller::Entra, token)) {
            Ok(introspection) => introspection.active,
            Err(refusal) => panic!("The emulator cannot say whether a token is active: {refusal:?}"),
        }
    }

    /// Returns the last requests that have ended, at most 10,000, in their order. Also those without an answer.
    ///
    /// A request is there before its client has the response.
    pub fn requests(&self) -> Vec<Request> {
        requests::read(self.edge.requests())
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator").field("endpoint", &self.endpoint()).finish_non_exhaustive()
    }
}
