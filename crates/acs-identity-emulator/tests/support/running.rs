//! Starts an emulator in this process, and makes clients for it.

use acs_identity_emulator::{Config, Emulator, Handle};
use tracing::subscriber::NoSubscriber;

use super::client::Client;
use super::events::Events;

/// An emulator that serves on a port of its own until it is dropped.
pub struct Running {
    pub port: u16,
    handle: Handle,
}

impl Running {
    pub fn in_memory() -> Self {
        Self::start(Config::in_memory())
    }

    pub fn start(config: Config) -> Self {
        let handle = Emulator::start(config).unwrap();
        Self { port: handle.port(), handle }
    }

    /// Starts an emulator, and collects its events.
    pub fn with_events(config: Config) -> (Self, Events) {
        // With a single subscriber, tracing asks the thread that reaches an event first whether anybody wants it. That
        // may be the thread of another test, which has none. The second one is never used.
        let _ = tracing::subscriber::set_global_default(NoSubscriber::new());
        let events = Events::default();
        let running = tracing::subscriber::with_default(events.clone(), || Self::start(config));
        (running, events)
    }

    /// Returns a client with the well-known access key.
    pub fn client(&self) -> Client {
        Client::new(self.port)
    }

    /// Stops the emulator gracefully, and waits until it has stopped.
    pub fn stop(self) {
        self.handle.close();
    }
}
