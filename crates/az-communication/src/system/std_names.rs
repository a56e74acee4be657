//! Names that are asked of the system, whose C library is linked dynamically.

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::time::Instant;

use crate::system::name_error::NameError;

/// The addresses of a name that is not in the hosts file, as the system finds them.
///
/// # Errors
///
/// When the name has no address.
pub fn elsewhere(host: &str, name: &str, port: u16, _: Instant) -> Result<Vec<SocketAddr>, NameError> {
    let found: Option<Vec<SocketAddr>> = (name, port).to_socket_addrs().ok().map(Iterator::collect);
    found.filter(|found| !found.is_empty()).ok_or_else(|| NameError::NotFound(host.to_owned()))
}
