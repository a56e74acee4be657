//! Name lookup by the system. Used where the C library is linked dynamically.

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::time::Instant;

use crate::system::name_error::NameError;

/// Returns the system's addresses for a name that is not in the hosts file.
///
/// # Errors
///
/// When the name has no address.
pub fn elsewhere(host: &str, name: &str, port: u16, _: Instant) -> Result<Vec<SocketAddr>, NameError> {
    let found: Option<Vec<SocketAddr>> = (name, port).to_socket_addrs().ok().map(Iterator::collect);
    found.filter(|found| !found.is_empty()).ok_or_else(|| NameError::NotFound(host.to_owned()))
}
