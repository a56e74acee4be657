//! The addresses on which the emulator listens, and the host name for them.

use std::io::{Error as IoError, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::net::{TcpListener, TcpSocket};

use crate::error::Error;
use crate::system;

const V4: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);

/// How many free ports are tried until one is free on all addresses.
const ATTEMPTS: u32 = 16;

/// How many connections may wait to be accepted. The usual limit of 1,024 overflows in a burst, and then clients wait
/// for seconds.
const BACKLOG: u32 = 4096;

/// The size of the system's send and receive buffers of a connection, in bytes. By default, the system would buffer
/// megabytes for clients that do not read. Requests and responses of the service have a few kilobytes.
const BUFFER: u32 = 64 * 1024;

/// The addresses on which an emulator listens, and the host under which clients reach it there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Addresses that must all be free.
    wanted: Vec<IpAddr>,
    /// An additional address, which may fail.
    beside: Option<IpAddr>,
    /// The host of the endpoint. An IPv6 address has no brackets.
    host: String,
    /// Whether these are the two loopback addresses, of which one is enough.
    is_loopback: bool,
}

impl Place {
    /// Returns both loopback addresses of this machine, 127.0.0.1 and ::1. If the machine has only one of them, only
    /// that one is used.
    pub fn loopback() -> Self {
        Self { wanted: vec![V4, V6], beside: None, host: loopback_host(), is_loopback: true }
    }

    /// Returns one address of this machine. 0.0.0.0 and :: mean all addresses.
    pub fn address(address: IpAddr) -> Self {
        // If all addresses are served, clients on this machine use localhost, which may be an IPv4 or an IPv6 address.
        let (host, beside) = match (address.is_unspecified(), address.is_ipv4()) {
            (true, true) => (loopback_host(), Some(V6)),
            (true, false) => (loopback_host(), Some(V4)),
            (false, _) => (address.to_string(), None),
        };
        Self { wanted: vec![address], beside, host, is_loopback: false }
    }

    /// Returns the addresses of a name of this machine.
    pub fn named(host: impl Into<String>, addresses: Vec<IpAddr>) -> Self {
        Self { wanted: addresses, beside: None, host: host.into(), is_loopback: false }
    }

    /// Returns the host under which clients reach the emulator. An IPv6 address has no brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Returns whether other machines can connect, unless a firewall prevents it.
    pub fn is_open(&self) -> bool {
        !self.wanted.iter().all(|address| address.to_canonical().is_loopback())
    }

    /// Listens, and returns the listeners and their port. Port 0 selects a free port, the same on all addresses. This
    /// must be called within a tokio runtime.
    ///
    /// # Errors
    ///
    /// Fails with [`Error::Listen`] when this machine does not have an address, when the port is taken, or when this
    /// user may not use the port.
    pub fn listen(&self, port: u16) -> Result<(Vec<TcpListener>, u16), Error> {
        let mut attempts = 0;
        loop {
            match self.try_listen(port) {
                // Another program uses that port on another address, so another free port is tried.
                Err((_, error)) if error.kind() == ErrorKind::AddrInUse && port == 0 && attempts < ATTEMPTS => {
                    attempts += 1;
                }
                Err((address, error)) => return Err(Error::Listen(address, error)),
                Ok(listeners) => {
                    let port = port_of(&listeners).unwrap_or(port);
                    return Ok((listeners, port));
                }
            }
        }
    }

    fn try_listen(&self, port: u16) -> Result<Vec<TcpListener>, (SocketAddr, IoError)> {
        let mut listeners: Vec<TcpListener> = Vec::new();
        let mut missing = None;
        for ip in self.wanted.iter().chain(&self.beside) {
            let address = SocketAddr::new(*ip, port_of(&listeners).unwrap_or(port));
            match bind(address) {
                Ok(listener) => listeners.push(listener),
                // If :: accepts IPv4 connections as well, 127.0.0.1 counts as taken.
                Err(_) if self.beside == Some(*ip) => {}
                // On a machine with one loopback address, that address is enough.
                Err(error) if self.is_loopback && is_missing(&error) => missing = missing.or(Some((address, error))),
                Err(error) => return Err((address, error)),
            }
        }
        match missing {
            Some(missing) if listeners.is_empty() => Err(missing),
            _ => Ok(listeners),
        }
    }
}

/// Returns the host name of this machine for itself.
fn loopback_host() -> String {
    // The hosts file of many machines maps localhost to 127.0.0.1 only, so the name works only with IPv4.
    let has_v4 = std::net::TcpListener::bind((V4, 0)).map_or_else(|error| !is_missing(&error), |_| true);
    if has_v4 { "localhost".to_owned() } else { V6.to_string() }
}

fn port_of(listeners: &[TcpListener]) -> Option<u16> {
    listeners.first().and_then(|listener| listener.local_addr().ok()).map(|address| address.port())
}

/// Returns whether this error means that the machine does not have the address.
fn is_missing(error: &IoError) -> bool {
    !matches!(error.kind(), ErrorKind::AddrInUse | ErrorKind::PermissionDenied)
}

fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // On Windows, this option would let other programs take over the address.
    socket.set_reuseaddr(system::REUSES_ADDRESSES)?;
    // Accepted connections inherit both sizes.
    let _ = socket.set_send_buffer_size(BUFFER);
    let _ = socket.set_recv_buffer_size(BUFFER);
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn both_loopback_addresses_have_the_same_free_port() {
        let (listeners, port) = Place::loopback().listen(0).unwrap();
        assert_ne!(port, 0);
        for listener in &listeners {
            assert_eq!(listener.local_addr().unwrap().port(), port);
        }
    }

    #[tokio::test]
    async fn a_port_that_is_taken_is_an_error_with_its_address() {
        let (_listeners, port) = Place::address(V4).listen(0).unwrap();
        let Err(Error::Listen(address, error)) = Place::address(V4).listen(port) else { panic!("it is free") };
        assert_eq!((address, error.kind()), (SocketAddr::new(V4, port), ErrorKind::AddrInUse));
    }

    #[test]
    fn only_addresses_beside_loopback_are_open() {
        for (address, is_open) in
            [("127.0.0.1", false), ("::1", false), ("0.0.0.0", true), ("::", true), ("10.0.0.5", true)]
        {
            assert_eq!(Place::address(address.parse().unwrap()).is_open(), is_open, "{address}");
        }
        assert!(!Place::loopback().is_open());
    }

    #[test]
    fn all_addresses_are_reached_by_the_name_of_this_machine() {
        assert_eq!(Place::address("0.0.0.0".parse().unwrap()).host(), Place::loopback().host());
        assert_eq!(Place::address("::1".parse().unwrap()).host(), "::1");
        assert_eq!(Place::named("acs.test", vec![V4]).host(), "acs.test");
    }
}
