//! What the server tells the pipeline besides requests, and asks it.

use std::net::SocketAddr;
use std::sync::Arc;

use super::edge::Edge;
use super::record::record_unread;
use crate::edge::ending::Ending;

impl Edge {
    /// Ends requests that only wait, because the emulator stops.
    pub(crate) fn end_waits(&self) {
        self.backend.requests.close();
    }

    /// Returns the end of the emulator, for which clients may ask and wait.
    pub(crate) fn ending(&self) -> Arc<Ending> {
        Arc::clone(&self.backend.ending)
    }

    /// Counts and logs a request that was refused before its head was read.
    pub(crate) fn refused_unread(&self, peer: SocketAddr, status: u16, code: &'static str, reason: String) {
        record_unread(&self.backend, peer, status, code, reason);
    }

    /// Remembers a connection that its client ended because of the certificate.
    pub(crate) fn refused_certificate(&self, peer: SocketAddr, reason: &'static str) {
        self.backend.tls_clients.was_refused(peer, reason);
    }
}
