//! Where the emulator listens.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use tokio::net::{TcpListener, TcpSocket};

use crate::error::{CliError, system_text};
use crate::names;

/// How long the name to listen on may take to look up.
const NAME_TIMEOUT: Duration = Duration::from_secs(30);

/// How many connections may wait to be accepted. The usual 1,024 overflow in a burst, and then clients wait for seconds.
const BACKLOG: u32 = 4096;

fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Listens on both loopback addresses, or on the given host. Port 0 takes a free port, the same on both.
pub(super) async fn listen(host: Option<&str>, port: u16) -> Result<Vec<TcpListener>, CliError> {
    let fail = |error: std::io::Error, address: String| {
        CliError::new(format!("Cannot listen on {address}: {}.", system_text(&error)))
            .hint("Is an emulator running already? Choose another port: --port NUMBER, or --port 0 for any free one.")
    };
    if let Some(host) = host.filter(|host| !names::is_localhost(host)) {
        let addresses = names::addresses(host, port, Instant::now() + NAME_TIMEOUT)
            .map_err(|error| CliError::new(format!("Cannot listen: {error}")))?;
        let mut listeners: Vec<TcpListener> = Vec::new();
        for mut address in addresses {
            if let Some(first) = listeners.first().and_then(|listener| listener.local_addr().ok()) {
                address.set_port(first.port());
            }
            listeners.push(bind(address).map_err(|error| fail(error, address.to_string()))?);
        }
        return Ok(listeners);
    }
    for attempt in 0.. {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let v4 = bind(address).map_err(|error| fail(error, address.to_string()))?;
        let taken = v4.local_addr().map_or(port, |address| address.port());
        let address = SocketAddr::from((Ipv6Addr::LOCALHOST, taken));
        match bind(address) {
            Ok(v6) => return Ok(vec![v4, v6]),
            // Somebody else has that free port on the other address: another one.
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse && port == 0 && attempt < 16 => {}
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
                return Err(fail(error, address.to_string()));
            }
            // A machine without IPv6.
            Err(_) => return Ok(vec![v4]),
        }
    }
    unreachable!("the loop ends by returning")
}
