//! The `Host` header, and which hosts are names of the emulator.

use std::net::{IpAddr, Ipv6Addr};

use crate::config::Config;

/// The names by which containers reach their host. The certificate of the server always has them.
const CONTAINER_HOSTS: [&str; 2] = ["host.docker.internal", "host.containers.internal"];

/// A host without its port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum HostName {
    Address(IpAddr),
    /// In lower case, without a dot at the end.
    Name(String),
}

impl HostName {
    /// Reads `name`, `name:port`, `address:port`, `[address]:port`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let is_port = |text: &str| text.parse::<u16>().is_ok() && text.bytes().all(|byte| byte.is_ascii_digit());
        if let Some(rest) = text.strip_prefix('[') {
            let (address, rest) = rest.split_once(']')?;
            let address: Ipv6Addr = address.parse().ok()?;
            return (rest.is_empty() || rest.strip_prefix(':').is_some_and(is_port))
                .then(|| Self::Address(IpAddr::from(address).to_canonical()));
        }
        let name = match text.split_once(':') {
            Some((name, port)) if is_port(port) => name,
            Some(_) => return None,
            None => text,
        };
        if let Ok(address) = name.parse::<IpAddr>() {
            return Some(Self::Address(address));
        }
        Self::of_name(name)
    }

    fn of_name(name: &str) -> Option<Self> {
        let name = name.strip_suffix('.').unwrap_or(name);
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
        (!name.is_empty() && name.bytes().all(fits)).then(|| Self::Name(name.to_ascii_lowercase()))
    }

    /// Returns whether the host always means the client's own machine.
    pub(crate) fn is_loopback(&self) -> bool {
        match self {
            Self::Address(address) => address.is_loopback(),
            Self::Name(name) => name == "localhost" || name.ends_with(".localhost"),
        }
    }
}

/// The names of the emulator in the configuration.
pub(crate) struct OwnNames(Vec<HostName>);

impl OwnNames {
    pub(crate) fn of(config: &Config) -> Self {
        let given = config.hostnames.iter().map(String::as_str).chain([config.host()]).chain(CONTAINER_HOSTS);
        Self(given.filter_map(HostName::of_name).collect())
    }

    /// Returns whether the host is a loopback name, an address, or a configured name. Any other name is refused,
    /// because its owner can make it resolve to this machine.
    pub(crate) fn has(&self, host: &HostName) -> bool {
        host.is_loopback() || matches!(host, HostName::Address(_)) || self.0.contains(host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::Place;

    #[test]
    fn a_host_is_a_name_or_an_address_with_or_without_a_port() {
        let name = |text: &str| Some(HostName::Name(text.to_owned()));
        let address = |text: &str| Some(HostName::Address(text.parse().unwrap()));
        for (text, expected) in [
            ("localhost", name("localhost")),
            ("LOCALHOST.:10100", name("localhost")),
            ("acs-emulator:1", name("acs-emulator")),
            ("127.0.0.2:10100", address("127.0.0.2")),
            ("[::1]", address("::1")),
            ("[::1]:10100", address("::1")),
            ("[::ffff:127.0.0.1]:1", address("127.0.0.1")),
            ("", None),
            (".", None),
            ("::1", None),
            ("[::1", None),
            ("[localhost]", None),
            ("localhost:", None),
            ("localhost:+1", None),
            ("localhost:99999", None),
            ("localhost:1:2", None),
            ("a b", None),
            ("user@localhost", None),
            ("localhost/x", None),
        ] {
            assert_eq!(HostName::parse(text), expected, "{text:?}");
        }
    }

    #[test]
    fn the_names_of_the_emulator_are_loopback_names_addresses_and_given_names() {
        let config = Config { hostnames: vec!["ACS-Emulator".into()], ..Config::in_memory() }
            .on(Place::named("my-machine", vec![]));
        let names = OwnNames::of(&config);
        for (text, ours) in [
            ("localhost:1", true),
            ("app.localhost", true),
            ("127.0.0.1", true),
            ("192.168.1.5:10100", true),
            ("acs-emulator:10100", true),
            ("my-machine", true),
            ("host.docker.internal:1", true),
            ("evil.example", false),
            ("localhost.evil.example", false),
            ("notlocalhost", false),
        ] {
            assert_eq!(names.has(&HostName::parse(text).unwrap()), ours, "{text}");
        }
    }
}
