//! How the names of hosts are looked up.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Instant;

/// Returns the addresses of a name with a port, at the latest at a point in time. It may block.
type Function = fn(&str, u16, Instant) -> io::Result<Vec<SocketAddr>>;

/// A way to look up names. The caller chooses it, because a static program must not load the modules of its machine's
/// C library.
#[derive(Clone, Copy)]
pub(crate) struct LookUp(pub(crate) Function);

impl LookUp {
    /// Returns the addresses of a name.
    pub(crate) fn addresses(self, name: &str, port: u16, until: Instant) -> io::Result<Vec<SocketAddr>> {
        (self.0)(name, port, until)
    }
}

impl PartialEq for LookUp {
    /// Two ways to look up names find the same addresses.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for LookUp {}

impl fmt::Debug for LookUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LookUp(..)")
    }
}

/// Looks up `localhost` only (RFC 6761).
pub(super) const LOCAL: LookUp = LookUp(|name, port, _| {
    let is_local = name.strip_suffix('.').unwrap_or(name).eq_ignore_ascii_case("localhost");
    let loopback = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
    match is_local {
        true => Ok(loopback.map(|address| SocketAddr::new(address, port)).to_vec()),
        false => Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "names are not looked up: set PostgresAddress::with_look_up",
        )),
    }
});
