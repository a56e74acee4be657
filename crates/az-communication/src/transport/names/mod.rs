//! Lookup of a host's addresses without the C library. A static program that calls `getaddrinfo` loads the NSS modules
//! of its machine, and crashes if they were built for another C library.
//!
//! This module reads addresses and the hosts file itself. It asks the name servers in resolv.conf for other names, and
//! starts a runtime only for that. If nsswitch.conf names further modules (mDNS, systemd-resolved, LDAP), `getent`
//! looks up names that were not found. `getent` belongs to the machine's own C library, so a fault of a module ends
//! `getent` and not this program.

pub(crate) mod hosts;
pub(crate) mod literal;

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Instant;

use azure_core::http::Url;

pub use crate::system::name_error::{NameError, ServerFailure};

use crate::system;

/// The loopback addresses, which are the addresses of `localhost` (RFC 6761).
const LOOPBACK: [IpAddr; 2] = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];

/// Returns the addresses of a host. The host is a name, an address in any form that `inet_aton` accepts, or an IPv6
/// address with or without brackets.
///
/// # Errors
///
/// When the name has no address, or when no name server answers before the deadline.
pub fn addresses(host: &str, port: u16, deadline: Instant) -> Result<Vec<SocketAddr>, NameError> {
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    if let Some(mut address) = literal::parse(bare) {
        address.set_port(port);
        return Ok(vec![address]);
    }
    let with_port = |found: &[IpAddr]| found.iter().map(|address| SocketAddr::new(*address, port)).collect();
    if is_localhost(bare) {
        return Ok(with_port(&LOOPBACK));
    }
    let name = ascii(bare).ok_or_else(|| NameError::NotFound(host.to_owned()))?;
    let found = hosts::addresses(&name, port);
    if !found.is_empty() {
        return Ok(found);
    }
    // Name servers are not asked about these names (RFC 6761).
    let lower = name.strip_suffix('.').unwrap_or(&name).to_ascii_lowercase();
    if lower.ends_with(".localhost") {
        return Ok(with_port(&LOOPBACK));
    }
    if lower.ends_with(".invalid") {
        return Err(NameError::NotFound(host.to_owned()));
    }
    system::elsewhere(host, &name, port, deadline)
}

/// Parses a host that is an address. Short forms (127.1) and other bases (0x7f.1) are accepted.
pub fn literal_address(host: &str) -> Option<IpAddr> {
    literal::parse(host).map(|address| address.ip())
}

/// Checks whether the host is `localhost`.
pub fn is_localhost(host: &str) -> bool {
    host.strip_suffix('.').unwrap_or(host).eq_ignore_ascii_case("localhost")
}

/// Checks whether the host of a URL is this machine: `localhost` or a loopback address.
pub fn is_loopback(host: &str) -> bool {
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    is_localhost(host) || address.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

/// Checks whether a server (with its port) is an address that needs a network interface but has none.
pub fn lacks_a_zone(server: &str) -> bool {
    server.parse().is_ok_and(|address| match address {
        SocketAddr::V6(address) => address.ip().is_unicast_link_local() && address.scope_id() == 0,
        SocketAddr::V4(_) => false,
    })
}

/// Returns the addresses of a name in the hosts file that are not known yet.
pub fn further_addresses(name: &str, port: u16, known: &[SocketAddr]) -> Vec<SocketAddr> {
    let mut found = hosts::addresses(name, port);
    found.retain(|address| !known.contains(address));
    found
}

/// Returns the name in ASCII for the lookup. Other letters are encoded as punycode.
fn ascii(name: &str) -> Option<Cow<'_, str>> {
    if name.is_empty() || name.contains(|c: char| c.is_ascii_control() || " /?#@:\\[]%".contains(c)) {
        return None;
    }
    if name.is_ascii() {
        return Some(Cow::Borrowed(name));
    }
    let url = Url::parse(&format!("https://{name}/")).ok()?;
    url.host_str().map(|host| Cow::Owned(host.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn of(host: &str) -> Vec<String> {
        let deadline = Instant::now() + Duration::from_secs(30);
        addresses(host, 1, deadline).unwrap().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn localhost_is_both_loopback_addresses() {
        for host in ["localhost", "LocalHost", "localhost.", "a.b.localhost", "x.LOCALHOST."] {
            assert_eq!(of(host), ["127.0.0.1:1", "[::1]:1"], "{host}");
        }
    }

    #[test]
    fn addresses_are_not_looked_up() {
        assert_eq!(of("[::1]"), ["[::1]:1"]);
        assert_eq!(of("127.1"), ["127.0.0.1:1"]);
    }

    #[test]
    fn names_outside_ascii_become_punycode() {
        assert_eq!(ascii("bücher.example").unwrap(), "xn--bcher-kva.example");
        assert_eq!(ascii("Example.COM").unwrap(), "Example.COM");
        for name in ["", "a b", "a/b", "a:1", "ä/b", "a%b", "ä\u{7f}"] {
            assert_eq!(ascii(name), None, "{name}");
        }
    }
}
