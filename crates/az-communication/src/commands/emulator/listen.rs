//! Where the emulator listens, and under what name it is reached there.

use std::io::{Error, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use tokio::net::{TcpListener, TcpSocket};

use crate::knack::variables::Given;
use crate::report::error::CliError;
use crate::system::system_text;
use crate::system::{self};
use crate::transport::names;

/// How long the name to listen on may take to look up.
const NAME_TIMEOUT: Duration = Duration::from_secs(30);

const V4: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);

const HOST_HINT: &str =
    "Give a name or an address of this machine: localhost, 127.0.0.1 or ::1. 0.0.0.0 and :: stand for all.";

/// Where to listen.
pub(crate) struct Place {
    /// All of them must be free.
    wanted: Vec<IpAddr>,
    /// Those that are listened on where it is possible.
    beside: Option<IpAddr>,
    /// The host of the endpoint.
    host: String,
    /// Whether both loopback addresses are wanted, and one is enough.
    is_loopback: bool,
}

impl Place {
    /// Both loopback addresses of this machine, or the one that it has.
    pub(crate) fn loopback() -> Self {
        Self { wanted: vec![V4, V6], beside: None, host: loopback_host(), is_loopback: true }
    }

    /// What `--host` names.
    ///
    /// # Errors
    ///
    /// When it is not a host name or an address, or the name cannot be found.
    pub(crate) fn of(given: Option<&Given>) -> Result<Self, CliError> {
        let Some(given) = given else { return Ok(Self::loopback()) };
        if names::is_localhost(&given.value) {
            return Ok(Self::loopback());
        }
        // What has an interface behind it, or brackets, is not an address alone.
        let literal = (!given.value.contains(['%', '['])).then(|| names::literal_address(&given.value)).flatten();
        if let Some(address) = literal {
            if address.is_multicast() || address == IpAddr::V4(Ipv4Addr::BROADCAST) {
                let what = "must be an address of this machine, and not one of many machines";
                return Err(CliError::usage(format!("{} {what}: '{}'.", given.named_by, given.value)).hint(HOST_HINT));
            }
            // Clients of a machine whose addresses are all served call it localhost, whichever address that is for them.
            let (host, beside) = match (address.is_unspecified(), address.is_ipv4()) {
                (true, true) => (loopback_host(), Some(V6)),
                (true, false) => (loopback_host(), Some(V4)),
                (false, _) => (address.to_string(), None),
            };
            return Ok(Self { wanted: vec![address], beside, host, is_loopback: false });
        }
        if let Some(problem) = problem_of(&given.value) {
            return Err(CliError::usage(format!("{} {problem}: '{}'.", given.named_by, given.value)).hint(HOST_HINT));
        }
        let found = names::addresses(&given.value, 0, Instant::now() + NAME_TIMEOUT).map_err(|error| {
            CliError::new(error.to_string()).hint(format!(
                "{} must be a name or an address of this machine. Without it, the emulator listens on 127.0.0.1 and ::1.",
                given.named_by
            ))
        })?;
        let wanted: Vec<IpAddr> = found.iter().map(SocketAddr::ip).collect();
        Ok(Self { wanted, beside: None, host: given.value.clone(), is_loopback: false })
    }

    /// The host under which clients reach the emulator; an IPv6 address without brackets.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Whether other machines can connect, unless something in between keeps them out.
    pub(crate) fn is_open(&self) -> bool {
        !self.wanted.iter().all(|address| address.to_canonical().is_loopback())
    }

    /// Listens; the listeners and their port. Port 0 takes a free port, the same on all addresses.
    ///
    /// # Errors
    ///
    /// When an address is not this machine's, or the port is taken or needs a right that this user does not have.
    pub(crate) async fn listen(&self, port: u16) -> Result<(Vec<TcpListener>, u16), CliError> {
        let mut attempts = 0;
        loop {
            match self.try_listen(port) {
                // Somebody else has that free port on another address: another one.
                Err((_, error)) if error.kind() == ErrorKind::AddrInUse && port == 0 && attempts < 16 => attempts += 1,
                Err((address, error)) => return Err(refused(address, &error)),
                Ok(listeners) => {
                    let port = port_of(&listeners).unwrap_or(port);
                    return Ok((listeners, port));
                }
            }
        }
    }

    fn try_listen(&self, port: u16) -> Result<Vec<TcpListener>, (SocketAddr, Error)> {
        let mut listeners: Vec<TcpListener> = Vec::new();
        let mut missing = None;
        for ip in self.wanted.iter().chain(&self.beside) {
            let address = SocketAddr::new(*ip, port_of(&listeners).unwrap_or(port));
            match bind(address) {
                Ok(listener) => listeners.push(listener),
                // Where :: takes IPv4 connections, too, 127.0.0.1 counts as taken.
                Err(_) if self.beside == Some(*ip) => {}
                // One loopback address is enough where there is only one.
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

/// The name of this machine for itself.
fn loopback_host() -> String {
    // The hosts file of many machines has 127.0.0.1 only for localhost, so that name is of use only with IPv4.
    let has_v4 = std::net::TcpListener::bind((V4, 0)).map_or_else(|error| !is_missing(&error), |_| true);
    if has_v4 { "localhost".to_owned() } else { V6.to_string() }
}

fn port_of(listeners: &[TcpListener]) -> Option<u16> {
    listeners.first().and_then(|listener| listener.local_addr().ok()).map(|address| address.port())
}

/// Whether a machine that answers so does not have the address.
fn is_missing(error: &Error) -> bool {
    !matches!(error.kind(), ErrorKind::AddrInUse | ErrorKind::PermissionDenied)
}

/// How many connections may wait to be accepted. The usual 1,024 overflow in a burst, and then clients wait for seconds.
const BACKLOG: u32 = 4096;

/// How much of a request or an answer the system may keep for each connection. Left to itself, it keeps megabytes for clients
/// that do not read. Requests and answers of the service are a few kilobytes.
const BUFFER: u32 = 64 * 1024;

fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // On Windows, it would let other programs take the address over.
    socket.set_reuseaddr(system::REUSES_ADDRESSES)?;
    // Connections inherit both.
    let _ = socket.set_send_buffer_size(BUFFER);
    let _ = socket.set_recv_buffer_size(BUFFER);
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

fn refused(address: SocketAddr, error: &Error) -> CliError {
    let described = CliError::new(format!("Cannot listen on {address}: {}.", system_text(error)));
    match error.kind() {
        ErrorKind::AddrInUse => described
            .hint("Is an emulator running already? Choose another port: --port NUMBER, or --port 0 for any free one."),
        ErrorKind::PermissionDenied => described.hint(
            "Ports below 1024 need a right that this user does not have. Choose another port: --port NUMBER, or --port 0 \
             for any free one.",
        ),
        ErrorKind::AddrNotAvailable => described.hint(
            "This machine does not have the address. Give one that it has, or leave --host out to listen on 127.0.0.1 and \
             ::1.",
        ),
        _ => described.advise(error),
    }
}

/// What is wrong with a host that is not an address, where it cannot be a name either.
fn problem_of(host: &str) -> Option<&'static str> {
    let bracketed = host.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    if host.contains("://") {
        return Some("is a URL, and must be a host alone");
    }
    match bracketed {
        Some((_, "")) => return Some("has brackets, which belong into URLs only"),
        Some(_) => return Some("holds a port, which has an option of its own (--port)"),
        None => {}
    }
    match host.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') && port.bytes().all(|byte| byte.is_ascii_digit()) => {
            return Some("holds a port, which has an option of its own (--port)");
        }
        _ => {}
    }
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    (!host.chars().all(fits)).then_some("is not a host name or an address")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_that_is_none_is_told_apart() {
        for (host, problem) in [
            ("[::1]", Some("has brackets, which belong into URLs only")),
            ("[::1]:10100", Some("holds a port, which has an option of its own (--port)")),
            ("localhost:10100", Some("holds a port, which has an option of its own (--port)")),
            ("https://localhost", Some("is a URL, and must be a host alone")),
            ("*", Some("is not a host name or an address")),
            ("local host", Some("is not a host name or an address")),
            ("::zz", Some("is not a host name or an address")),
            ("127.0.0.1/8", Some("is not a host name or an address")),
            ("my-machine.example", None),
        ] {
            assert_eq!(problem_of(host), problem, "{host}");
        }
    }
}
