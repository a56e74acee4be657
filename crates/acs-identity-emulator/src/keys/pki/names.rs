//! The hosts that a certificate names, and the hosts for which an authority may sign.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use rcgen::{CidrSubnet, GeneralSubtree};

/// The hosts that every server certificate of the emulator names. The last two are names that containers use for the
/// machine on which they run.
const ALWAYS: [&str; 5] = ["localhost", "127.0.0.1", "::1", "host.docker.internal", "host.containers.internal"];

/// Names that cannot be registered. They are reserved by RFC 6761, RFC 6762 and RFC 8375, and by ICANN for private use.
///
/// Each name includes all names below it. RFC 5280 requires them without a leading dot.
const RESERVED_NAMES: [&str; 5] = ["localhost", "test", "internal", "local", "home.arpa"];

/// Networks that are not public: loopback, private and link-local. Each has the length of its prefix.
const PRIVATE_NETWORKS: [(IpAddr, u8); 8] = [
    (IpAddr::V4(Ipv4Addr::new(127, 0, 0, 0)), 8),
    (IpAddr::V6(Ipv6Addr::LOCALHOST), 128),
    (IpAddr::V4(Ipv4Addr::new(10, 0, 0, 0)), 8),
    (IpAddr::V4(Ipv4Addr::new(172, 16, 0, 0)), 12),
    (IpAddr::V4(Ipv4Addr::new(192, 168, 0, 0)), 16),
    (IpAddr::V4(Ipv4Addr::new(169, 254, 0, 0)), 16),
    (IpAddr::V6(Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0)), 7),
    (IpAddr::V6(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0)), 10),
];

/// A host as a certificate names it: a name in lower case, or an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum HostName {
    Name(String),
    Address(IpAddr),
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Address(address) => address.fmt(f),
        }
    }
}

impl HostName {
    /// Parses a host. Fails with the reason when no certificate can name it.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        if let Ok(address) = text.parse::<IpAddr>() {
            return match address.is_unspecified() {
                true => Err("means all addresses of a machine, and clients cannot connect to it"),
                false => Ok(Self::Address(address)),
            };
        }
        let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
        if name.is_empty() {
            return Err("is empty");
        }
        if !name.is_ascii() {
            return Err("has characters outside ASCII: write it as clients send it, with xn--");
        }
        if name.contains('*') {
            return Err("has a wildcard: give each name separately");
        }
        if name.contains(':') || name.contains('/') {
            return Err("must be only a name or an address, without a scheme, a port or brackets");
        }
        let fits = |label: &str| {
            let edge = |byte: Option<u8>| byte.is_some_and(|byte| byte != b'-');
            (1..=63).contains(&label.len())
                && edge(label.bytes().next())
                && edge(label.bytes().last())
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        };
        let last = name.rsplit('.').next().unwrap_or_default();
        if name.len() > 253 || !name.split('.').all(fits) || last.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err("is not a host name or an address");
        }
        Ok(Self::Name(name))
    }
}

/// Returns the names for a server certificate: the usual hosts and these names, without duplicates.
pub(crate) fn with_usual(names: &[HostName]) -> Vec<HostName> {
    let usual = ALWAYS.iter().filter_map(|name| HostName::parse(name).ok());
    let mut all: Vec<HostName> = Vec::new();
    for name in usual.chain(names.iter().cloned()) {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all
}

/// A subtree of all names or addresses for which an authority may sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Subtree {
    /// This name and all names below it.
    Name(String),
    /// All names below this name, but not the name itself.
    Below(String),
    /// The address of a network followed by its mask, as in certificates.
    Network(Vec<u8>),
}

impl Subtree {
    fn network(address: IpAddr, prefix: u8) -> Self {
        let bytes = octets(address);
        let mask = (0..bytes.len()).map(|at| {
            let bits = usize::from(prefix).saturating_sub(at * 8).min(8);
            !(0xff_u16 >> bits) as u8
        });
        let mask: Vec<u8> = mask.collect();
        Self::Network([bytes, mask].concat())
    }

    /// Returns the smallest subtree that contains this host.
    fn of(name: &HostName) -> Self {
        match name {
            HostName::Name(name) => Self::Name(name.clone()),
            HostName::Address(address) => Self::network(*address, 128),
        }
    }

    pub(crate) fn contains(&self, host: &HostName) -> bool {
        match (self, host) {
            (Self::Name(base), HostName::Name(name)) => {
                name.strip_suffix(base.as_str()).is_some_and(|front| front.is_empty() || front.ends_with('.'))
            }
            (Self::Below(base), HostName::Name(name)) => {
                name.strip_suffix(base.as_str()).is_some_and(|front| front.ends_with('.'))
            }
            (Self::Network(network), HostName::Address(address)) => {
                let (base, mask) = network.split_at(network.len() / 2);
                let address = octets(*address);
                address.len() == base.len()
                    && (address.iter().zip(base).zip(mask)).all(|((byte, base), mask)| byte & mask == base & mask)
            }
            _ => false,
        }
    }

    pub(crate) fn to_rcgen(&self) -> Option<GeneralSubtree> {
        match self {
            Self::Name(name) => Some(GeneralSubtree::DnsName(name.clone())),
            Self::Below(name) => Some(GeneralSubtree::DnsName(format!(".{name}"))),
            Self::Network(network) => {
                let (base, mask) = network.split_at(network.len() / 2);
                let subnet = match base.len() {
                    4 => CidrSubnet::V4(base.try_into().ok()?, mask.try_into().ok()?),
                    _ => CidrSubnet::V6(base.try_into().ok()?, mask.try_into().ok()?),
                };
                Some(GeneralSubtree::IpAddress(subnet))
            }
        }
    }
}

fn octets(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }
}

/// Returns the subtrees for which an authority of the emulator may sign: reserved names, private networks, and the
/// names of its first start.
pub(crate) fn permitted(names: &[HostName]) -> Vec<Subtree> {
    let reserved = RESERVED_NAMES.iter().map(|name| Subtree::Name((*name).to_owned()));
    let private = PRIVATE_NETWORKS.iter().map(|(address, prefix)| Subtree::network(*address, *prefix));
    let mut permitted: Vec<Subtree> = reserved.chain(private).collect();
    for name in names {
        if !permitted.iter().any(|subtree| subtree.contains(name)) {
            permitted.push(Subtree::of(name));
        }
    }
    permitted
}

/// Returns the subtrees for which an authority of the emulator may not sign, although they are permitted. They are the
/// names below a given name, because other people may own them: `app` and `co.uk` have such names. If a name with
/// several labels was given together with a name below it, the same person has both, and all names below the first one
/// stay permitted.
pub(crate) fn excluded(names: &[HostName]) -> Vec<Subtree> {
    let permitted = permitted(&[]);
    let mut excluded: Vec<Subtree> = Vec::new();
    for host in names {
        let HostName::Name(name) = host else { continue };
        let below = Subtree::Below(name.clone());
        let is_reserved = permitted.iter().any(|subtree| subtree.contains(host));
        let has_one_below = name.contains('.') && names.iter().any(|other| below.contains(other));
        if !is_reserved && !has_one_below && !excluded.contains(&below) {
            excluded.push(below);
        }
    }
    excluded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(text: &str) -> HostName {
        HostName::parse(text).unwrap()
    }

    #[test]
    fn a_host_is_a_name_in_lower_case_or_an_address() {
        assert_eq!(host("ACS-Emulator."), HostName::Name("acs-emulator".into()));
        assert_eq!(host("0:0::1"), HostName::Address(Ipv6Addr::LOCALHOST.into()));
        let long = "a".repeat(64);
        for wrong in [
            "",
            ".",
            "*.test",
            "localhost:1",
            "[::1]",
            "https://a",
            "a b",
            "a..b",
            "-a",
            "a-",
            "ü.test",
            "127.1",
            &long,
        ] {
            assert!(HostName::parse(wrong).is_err(), "{wrong}");
        }
        assert!(HostName::parse("0.0.0.0").is_err() && HostName::parse("::").is_err());
    }

    #[test]
    fn only_reserved_names_and_private_networks_are_permitted() {
        let permitted = permitted(&[]);
        let is_permitted = |name: &str| permitted.iter().any(|subtree| subtree.contains(&host(name)));
        for name in [
            "localhost",
            "a.localhost",
            "app.test",
            "host.docker.internal",
            "pi.local",
            "nas.home.arpa",
            "127.9.9.9",
            "::1",
            "10.1.2.3",
            "172.31.255.255",
            "192.168.0.1",
            "169.254.169.254",
            "fd00::1",
            "fe80::1",
        ] {
            assert!(is_permitted(name), "{name}");
        }
        for name in [
            "example.com",
            "notlocalhost",
            "latest",
            "localhost.example.com",
            "arpa",
            "acs-emulator",
            "128.0.0.1",
            "11.0.0.1",
            "172.32.0.1",
            "192.169.0.1",
            "::2",
            "::ffff:127.0.0.1",
            "2001:db8::1",
            "fec0::1",
        ] {
            assert!(!is_permitted(name), "{name}");
        }
    }

    #[test]
    fn names_of_the_first_start_are_permitted_as_well() {
        let names = [host("acs-emulator"), host("8.8.8.8"), host("2001:db8::1"), host("app.test")];
        let all = permitted(&names);
        assert_eq!(all.len(), permitted(&[]).len() + 3, "app.test is permitted in any case");
        assert!(names.iter().all(|name| all.iter().any(|subtree| subtree.contains(name))));
        assert!(!all.iter().any(|subtree| subtree.contains(&host("8.8.8.9"))));
    }

    #[test]
    fn names_below_a_given_name_are_excluded() {
        let excluded = excluded(&["app", "localhost", "acs.example.org", "8.8.8.8", "app"].map(host));
        assert_eq!(excluded, [Subtree::Below("app".into()), Subtree::Below("acs.example.org".into())]);
        let is_excluded = |name: &str| excluded.iter().any(|subtree| subtree.contains(&host(name)));
        assert!(is_excluded("web.app") && is_excluded("a.b.app") && is_excluded("x.acs.example.org"));
        assert!(!is_excluded("app") && !is_excluded("webapp") && !is_excluded("app.test"));
        assert!(!is_excluded("acs.example.org") && !is_excluded("example.org"));
    }

    #[test]
    fn a_name_and_one_below_it_can_be_given_together() {
        let excluded = excluded(&["example.org", "acs.example.org"].map(host));
        assert_eq!(excluded, [Subtree::Below("acs.example.org".into())]);
    }
}
