//! Name lookup at name servers and at the other sources that this machine is configured for.

mod connected_udp;
mod dns;
mod getent;
mod nsswitch;
mod resolv_conf;

use std::net::SocketAddr;
use std::time::Instant;

use crate::system::name_error::NameError;

/// Returns the addresses of a name that is not in the hosts file.
///
/// # Errors
///
/// When the name has no address, or when no name server answers before the deadline.
pub fn elsewhere(host: &str, name: &str, port: u16, deadline: Instant) -> Result<Vec<SocketAddr>, NameError> {
    let sources = nsswitch::Sources::read();
    let asked = match sources.dns {
        true => dns::addresses(host, name, deadline),
        false => Err(NameError::NotFound(host.to_owned())),
    };
    let found = asked.or_else(|error| match sources.others {
        true => getent::addresses(name, deadline).ok_or(error),
        false => Err(error),
    })?;
    Ok(found.into_iter().map(|address| SocketAddr::new(address, port)).collect())
}
