//! Opens the socket of a connection.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use tokio::net::TcpStream;
use tokio::task::spawn_blocking;

use super::failure::Problem;
use crate::database::{LookUp, PostgresHost};
use crate::system;

/// After how long the system ends a connection that does not answer. Operations end earlier, and close their connection
/// themselves.
const SILENT: Duration = Duration::from_secs(2);

/// A place to connect to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    Address(SocketAddr),
    /// The path of a Unix socket.
    Local(String),
}

/// Returns the places of a host.
pub(super) async fn places(host: &PostgresHost, look_up: LookUp, until: Instant) -> Result<Vec<Place>, Problem> {
    if host.is_socket() {
        return Ok(vec![Place::Local(host.socket())]);
    }
    // An address needs no thread that looks it up.
    if let Ok(address) = host.name().parse::<IpAddr>() {
        return Ok(vec![Place::Address(SocketAddr::new(address, host.port()))]);
    }
    let (name, port) = (host.name().to_owned(), host.port());
    let looked_up = spawn_blocking(move || look_up.addresses(&name, port, until)).await;
    let addresses = looked_up.map_err(io::Error::other).flatten().map_err(Problem::Name)?;
    let places: Vec<Place> = addresses.into_iter().map(Place::Address).collect();
    if places.is_empty() { Err(Problem::Name(io::ErrorKind::NotFound.into())) } else { Ok(places) }
}

/// Connects to an address.
pub(super) async fn connect(address: SocketAddr) -> Result<TcpStream, Problem> {
    let stream = TcpStream::connect(address).await.map_err(Problem::of_socket)?;
    // Small messages leave at once.
    let _ = stream.set_nodelay(true);
    system::end_if_silent(&stream, SILENT / 2, SILENT);
    Ok(stream)
}

/// Connects to a Unix socket.
pub(super) async fn connect_local(path: &str) -> Result<system::LocalStream, Problem> {
    system::connect_local(path).await.map_err(Problem::of_socket)
}
