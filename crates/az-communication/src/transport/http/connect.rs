//! TCP connections.

use std::io;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::transport::error::TransportError;
use crate::transport::http::happy_eyeballs;
use crate::transport::http::reached::Reached;
use crate::transport::names;

/// The timeout for a connection and for a response, as in the reference.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(300);

/// Opens a connection to a host, without TLS.
pub(crate) fn connect(host: &str, port: u16, deadline: Instant) -> Result<TcpStream, TransportError> {
    let started = Instant::now();
    let found = names::addresses(host, port, deadline)?;
    let connected = happy_eyeballs::connect(&found, deadline).or_else(|error| {
        // The hosts file can name other loopback addresses, such as 127.0.0.2.
        let further = match names::is_localhost(host) {
            true => names::further_addresses(host, port, &found),
            false => Vec::new(),
        };
        if further.is_empty() { Err(error) } else { happy_eyeballs::connect(&further, deadline) }
    });
    let stream = connected.map_err(|error| {
        let address = format!("{host}:{port}");
        if error.kind() == io::ErrorKind::Interrupted {
            TransportError::Interrupted
        } else if Instant::now() >= deadline {
            let seconds = deadline.saturating_duration_since(started).as_secs_f64().round();
            TransportError::Timeout {
                host: address,
                time: Duration::try_from_secs_f64(seconds).unwrap_or(TIMEOUT),
                reached: Reached::No,
            }
        } else {
            TransportError::Connect(address, error)
        }
    })?;
    let _ = stream.set_nodelay(true);
    Ok(stream)
}
