//! Names, addresses and TCP connections.

use std::io;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use super::transport_error::TransportError;

/// As long as the reference waits for a connection and for an answer.
pub(super) const TIMEOUT: Duration = Duration::from_secs(300);

/// The addresses of a host. `localhost` needs no resolver (RFC 6761), which saves loading one.
pub(super) fn addresses(host: &str, port: u16) -> Result<Vec<SocketAddr>, TransportError> {
    let bare = host.trim_matches(['[', ']']);
    if bare.eq_ignore_ascii_case("localhost") {
        return Ok(vec![SocketAddr::from(([127, 0, 0, 1], port)), SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], port))]);
    }
    let found: Option<Vec<SocketAddr>> = (bare, port).to_socket_addrs().ok().map(Iterator::collect);
    found.filter(|found| !found.is_empty()).ok_or_else(|| TransportError::UnknownHost(host.to_owned()))
}

/// A connection to a host, without TLS.
pub(super) fn connect(host: &str, port: u16) -> Result<TcpStream, TransportError> {
    let found = addresses(host, port)?;
    let mut last = None;
    for address in found {
        match TcpStream::connect_timeout(&address, TIMEOUT) {
            Ok(stream) => {
                let _ = stream.set_nodelay(true);
                let _ = stream.set_read_timeout(Some(TIMEOUT));
                let _ = stream.set_write_timeout(Some(TIMEOUT));
                return Ok(stream);
            }
            Err(error) => last = Some(error),
        }
    }
    let error = last.unwrap_or_else(|| io::Error::from(io::ErrorKind::NotFound));
    Err(TransportError::Connect(format!("{host}:{port}"), error))
}
