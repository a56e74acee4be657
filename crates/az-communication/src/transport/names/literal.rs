//! Hosts that are given as addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

use crate::system;

/// Parses a host that is an address, with port 0. Accepts IPv4 in any form that `inet_aton` accepts (`127.1`, `0x7f.1`,
/// `2130706433`), and IPv6, also with a zone (`fe80::1%eth0`).
pub(crate) fn parse(host: &str) -> Option<SocketAddr> {
    // Few names begin like an address, so this check is usually enough.
    let first = host.bytes().next()?;
    if first.is_ascii_digit()
        && let Some(address) = ipv4(host)
    {
        return Some(SocketAddr::new(IpAddr::V4(address), 0));
    }
    if !host.contains(':') {
        return None;
    }
    let (address, zone) = host.split_once('%').map_or((host, None), |(address, zone)| (address, Some(zone)));
    let address: Ipv6Addr = address.parse().ok()?;
    let zone = zone.map_or(Some(0), interface)?;
    Some(SocketAddr::V6(SocketAddrV6::new(address, 0, 0, zone)))
}

/// Parses up to four numbers. The last number fills the remaining bytes. Numbers are decimal, octal (`017`) or
/// hexadecimal (`0x1f`).
fn ipv4(text: &str) -> Option<Ipv4Addr> {
    let mut numbers = text.split('.');
    let mut address = 0_u32;
    for shift in [24, 16, 8, 0] {
        let value = number(numbers.next()?)?;
        let last = numbers.clone().next().is_none();
        let room = if last { 8 + shift } else { 8 };
        if u64::from(value) >> room != 0 {
            return None;
        }
        address |= if last { value } else { value << shift };
        if last {
            return Some(Ipv4Addr::from(address));
        }
    }
    None
}

fn number(text: &str) -> Option<u32> {
    let (digits, radix) = match text.strip_prefix('0') {
        Some("") => ("0", 10),
        Some(rest) => match rest.strip_prefix(['x', 'X']) {
            Some(hexadecimal) => (hexadecimal, 16),
            None => (rest, 8),
        },
        None => (text, 10),
    };
    if digits.starts_with('+') { None } else { u32::from_str_radix(digits, radix).ok() }
}

/// Returns the number of a network interface.
fn interface(zone: &str) -> Option<u32> {
    if let Ok(number) = zone.parse() {
        return Some(number);
    }
    system::interface(zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(host: &str) -> Option<String> {
        parse(host).map(|address| address.to_string())
    }

    #[test]
    fn ipv4_is_accepted_in_the_forms_of_inet_aton() {
        for (host, expected) in [
            ("127.0.0.1", "127.0.0.1"),
            ("127.1", "127.0.0.1"),
            ("127.0.258", "127.0.1.2"),
            ("0x7f.1", "127.0.0.1"),
            ("0X7F000001", "127.0.0.1"),
            ("2130706433", "127.0.0.1"),
            ("0177.0.0.01", "127.0.0.1"),
            ("0", "0.0.0.0"),
            ("1.16777215", "1.255.255.255"),
            ("255.255.255.255", "255.255.255.255"),
        ] {
            assert_eq!(text(host), Some(format!("{expected}:0")), "{host}");
        }
        let wrong =
            "256.1.1.1 1.256.1 1.2.65536 1.16777216 4294967296 1.2.3.4.5 1. .1 1..2 1.2.3. 08 0x 0xg 1.+2 +1 -1 1a";
        for host in wrong.split(' ').chain(["", "a", "1.2.3.4 ", "١.1.1.1", "127.0.0.1%lo"]) {
            assert_eq!(text(host), None, "{host}");
        }
    }

    #[test]
    fn ipv6_is_accepted_with_a_zone() {
        assert_eq!(text("::1").as_deref(), Some("[::1]:0"));
        assert_eq!(text("::ffff:1.2.3.4").as_deref(), Some("[::ffff:1.2.3.4]:0"));
        assert_eq!(text("fe80::1%7").as_deref(), Some("[fe80::1%7]:0"));
        for host in ["fe80::1%nosuchthing", "fe80::1%", "fe80::1%../lo", ":", "1:2", "::1%lo%lo"] {
            assert_eq!(text(host), None, "{host}");
        }
    }
}
