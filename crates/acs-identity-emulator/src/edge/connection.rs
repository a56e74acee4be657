//! What a request must know of its connection.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};

/// A connection: between whom it is, and whether somebody has shown a key on it.
#[derive(Debug)]
pub(crate) struct Connection {
    #[allow(dead_code)] // The doors for loopback peers ask for it.
    pub(crate) peer: SocketAddr,
    #[allow(dead_code)]
    pub(crate) local: SocketAddr,
    #[allow(dead_code)]
    pub(crate) tls: bool,
    authenticated: AtomicBool,
}

impl Connection {
    pub(crate) fn new(peer: SocketAddr, local: SocketAddr, tls: bool) -> Self {
        Self { peer, local, tls, authenticated: AtomicBool::new(false) }
    }

    /// A request on it has authenticated itself.
    pub(crate) fn authenticate(&self) {
        self.authenticated.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_authenticated(&self) -> bool {
        self.authenticated.load(Ordering::Relaxed)
    }
}

/// The outcome of a request that gets no answer: its connection is dropped.
#[derive(Debug)]
pub(crate) struct Dropped;

impl std::fmt::Display for Dropped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the connection is dropped")
    }
}

impl std::error::Error for Dropped {}
