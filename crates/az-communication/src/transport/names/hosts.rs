//! The hosts file.

use std::net::SocketAddr;
use std::{fs, str};

use crate::system::platform::Platform;
use crate::transport::names::literal;

/// Returns the addresses that the hosts file gives for a name. A file that cannot be read counts as empty.
pub(crate) fn addresses(name: &str, port: u16) -> Vec<SocketAddr> {
    fs::read(Platform::HERE.hosts_file()).map_or_else(|_| Vec::new(), |file| find(&file, name, port))
}

fn find(file: &[u8], name: &str, port: u16) -> Vec<SocketAddr> {
    let name = name.strip_suffix('.').unwrap_or(name).as_bytes();
    let mut found = Vec::new();
    for line in file.split(|&byte| byte == b'\n') {
        let line = line.split(|&byte| byte == b'#').next().unwrap_or_default();
        let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        let Some(address) = words.next() else { continue };
        if !words.any(|word| word.strip_suffix(b".").unwrap_or(word).eq_ignore_ascii_case(name)) {
            continue;
        }
        if let Some(mut address) = str::from_utf8(address).ok().and_then(literal::parse) {
            address.set_port(port);
            if !found.contains(&address) {
                found.push(address);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_with_the_name_is_found() {
        let file = b"# 10.0.0.9 acs\n10.0.0.1\tother ACS.example # acs\r\n\n10.0.0.2 acs acs.example.\n\
            ::2 acs\n10.0.0.2 acs\nnot-an-address acs\n\xff\xfe acs\n10.0.0.3 acsx xacs\n10.0.0.4";
        let of = |name| find(file, name, 5).iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        assert_eq!(of("acs"), "10.0.0.2:5 [::2]:5");
        assert_eq!(of("Acs.Example"), "10.0.0.1:5 10.0.0.2:5");
        assert_eq!(of("acs.example."), "10.0.0.1:5 10.0.0.2:5");
        assert_eq!(of("10.0.0.4"), "");
        assert_eq!(of("cs"), "");
    }
}
