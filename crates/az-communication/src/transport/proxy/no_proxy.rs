//! `NO_PROXY`: the hosts that are reached without a proxy. A host is excluded if the rules of requests or the rules of
//! Python's urllib exclude it.

use std::net::Ipv4Addr;

/// Applies the rules of requests. Blanks are ignored. An address is compared with addresses and networks, a name with
/// names and domains. A port counts only if the URL contains it, which is never the case for 443.
pub(crate) fn requests_excludes(list: &str, host: &str, port: u16) -> bool {
    let host = &bare(host);
    let with_port = &if port == 443 { host.clone() } else { format!("{host}:{port}") };
    let list = list.replace(' ', "");
    let mut entries = list.split(',').filter(|entry| !entry.is_empty());
    match ipv4(host) {
        Some(address) => entries.any(|entry| match network(entry) {
            Some((network, mask)) => address & mask == network & mask,
            None => entry == host,
        }),
        None => entries.any(|entry| {
            let entry = entry.trim_start_matches('.');
            is_within(host, entry) || is_within(with_port, entry)
        }),
    }
}

/// Applies the rules of urllib. `*` excludes all hosts. Names and addresses are compared as text, without regard to
/// case.
pub(crate) fn urllib_excludes(list: &str, host: &str, _port: u16) -> bool {
    let host = &bare(host);
    if list == "*" {
        return true;
    }
    // urllib treats the last group of an IPv6 address as a port.
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let without_port = host.rsplit_once(':').filter(|(_, port)| digits(port)).map_or(host.as_str(), |(bare, _)| bare);
    let mut entries = list.split(',').map(str::trim).filter(|entry| !entry.is_empty());
    entries.any(|entry| {
        let entry = entry.trim_start_matches('.').to_lowercase();
        is_within(without_port, &entry) || is_within(host, &entry)
    })
}

/// Returns a host as Python has it: in lower case, and an IPv6 address without brackets.
fn bare(host: &str) -> String {
    host.trim_matches(['[', ']']).to_ascii_lowercase()
}

/// Checks whether a name is the domain or a name below it.
fn is_within(name: &str, domain: &str) -> bool {
    name.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Parses a network with a mask of 1 to 32 bits, such as `10.0.0.0/8`.
fn network(entry: &str) -> Option<(u32, u32)> {
    let (address, bits) = entry.split_once('/')?;
    let bits: u32 = bits.trim().parse().ok().filter(|bits| (1..=32).contains(bits))?;
    Some((ipv4(address)?, u32::MAX << (32 - bits)))
}

/// Parses an IPv4 address as C's `inet_aton` does: one to four numbers, decimal, octal or hexadecimal. The last number
/// fills the remaining bytes.
fn ipv4(text: &str) -> Option<u32> {
    if let Ok(address) = text.parse::<Ipv4Addr>() {
        return Some(address.into());
    }
    let mut numbers = Vec::new();
    for part in text.split('.') {
        let (digits, radix) = match part.as_bytes() {
            [b'0', b'x' | b'X', ..] => (&part[2..], 16),
            [b'0', _, ..] => (&part[1..], 8),
            _ => (part, 10),
        };
        if digits.starts_with('+') {
            return None;
        }
        numbers.push(u32::from_str_radix(digits, radix).ok()?);
    }
    let (&last, first) = numbers.split_last()?;
    let room = 32 - 8 * u32::try_from(first.len()).ok().filter(|count| *count < 4)?;
    if first.iter().any(|number| *number > 255) || (room < 32 && last >> room != 0) {
        return None;
    }
    let start = first.iter().fold(0, |start: u32, number| (start << 8) | number);
    Some(start.checked_shl(room).unwrap_or(0) | last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_parsed_as_in_c() {
        for text in ["127.0.0.1", "127.1", "127.0.1", "0x7f.1", "0177.0.0.1", "2130706433", "0x7f000001"] {
            assert_eq!(ipv4(text), Some(0x7f00_0001), "{text}");
        }
        for text in ["", "1.2.3.4.5", "256.1", "1.2.3.256", "a", "1..2", "4294967296", "0x", "1.+2", "::1"] {
            assert_eq!(ipv4(text), None, "{text}");
        }
    }

    #[test]
    fn an_address_in_a_listed_network_is_excluded() {
        for (list, host) in [
            ("127.0.0.0/8", "127.9.9.9"),
            ("x, 10.1.2.3/9 ", "10.0.0.1"),
            ("10/8", "0.0.0.1"),
            ("1.2.3.4/32", "1.2.3.4"),
        ] {
            assert!(requests_excludes(list, host, 443), "{list} {host}");
        }
        for (list, host) in [
            ("127.0.0.0/8", "128.0.0.1"),
            ("10.0.0.0/8/8", "10.0.0.1"),
            ("10.0.0.0/x", "10.0.0.1"),
            ("1.2.3.4/8", "a.b"),
        ] {
            assert!(!requests_excludes(list, host, 443), "{list} {host}");
        }
    }
}
