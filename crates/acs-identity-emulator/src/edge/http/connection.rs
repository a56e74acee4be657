//! The facts about a connection that its requests need.

use std::net::{IpAddr, SocketAddr};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// A connection.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) peer: SocketAddr,
    /// The address of the emulator's side.
    local: IpAddr,
    pub(crate) tls: bool,
    authenticated: AtomicBool,
    ambiguous: AtomicBool,
    /// Whether the body of a whole state arrives.
    takes_long: AtomicBool,
    /// Whether a request waits for the end of the emulator.
    waits_for_the_end: AtomicBool,
    /// Whether a request was answered.
    has_answered: AtomicBool,
    /// Why the client did not accept the certificate, if it told so after the handshake.
    refused_certificate: OnceLock<&'static str>,
}

impl Connection {
    pub(crate) fn new(peer: SocketAddr, local: IpAddr, tls: bool) -> Self {
        Self {
            peer,
            local: local.to_canonical(),
            tls,
            authenticated: AtomicBool::new(false),
            ambiguous: AtomicBool::new(false),
            takes_long: AtomicBool::new(false),
            waits_for_the_end: AtomicBool::new(false),
            has_answered: AtomicBool::new(false),
            refused_certificate: OnceLock::new(),
        }
    }

    /// Records that a request has authenticated.
    pub(crate) fn authenticate(&self) {
        self.authenticated.store(true, Ordering::Relaxed);
    }

    /// Returns whether a request has authenticated.
    pub(crate) fn is_authenticated(&self) -> bool {
        self.authenticated.load(Ordering::Relaxed)
    }

    /// Records that a request has both a length and chunks, so that two readers may see different ends of it.
    pub(crate) fn mark_ambiguous(&self) {
        self.ambiguous.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_ambiguous(&self) -> bool {
        self.ambiguous.load(Ordering::Relaxed)
    }

    /// Records whether the body that arrives may take long.
    pub(crate) fn set_takes_long(&self, takes_long: bool) {
        self.takes_long.store(takes_long, Ordering::Relaxed);
    }

    pub(crate) fn takes_long(&self) -> bool {
        self.takes_long.load(Ordering::Relaxed)
    }

    /// Records that a request waits for the end of the emulator.
    pub(crate) fn wait_for_the_end(&self) {
        self.waits_for_the_end.store(true, Ordering::Relaxed);
    }

    pub(crate) fn waits_for_the_end(&self) -> bool {
        self.waits_for_the_end.load(Ordering::Relaxed)
    }

    /// Returns whether this is the first answer over TLS. The requests of a connection follow each other.
    pub(crate) fn begins_to_answer_over_tls(&self) -> bool {
        self.tls && !self.has_answered.load(Ordering::Relaxed) && !self.has_answered.swap(true, Ordering::Relaxed)
    }

    /// Records why the client did not accept the certificate.
    pub(crate) fn refuse_certificate(&self, reason: &'static str) {
        self.refused_certificate.get_or_init(|| reason);
    }

    /// Returns why the client did not accept the certificate, if it told so after the handshake.
    pub(crate) fn refused_certificate(&self) -> Option<&'static str> {
        self.refused_certificate.get().copied()
    }

    /// Returns whether the peer is on this machine: it uses loopback, or its address equals the local address.
    pub(crate) fn is_local(&self) -> bool {
        let peer = self.peer_ip();
        peer.is_loopback() || peer == self.local
    }

    pub(crate) fn peer_ip(&self) -> IpAddr {
        // A listener on :: shows IPv4 peers as ::ffff:127.0.0.1.
        self.peer.ip().to_canonical()
    }
}
