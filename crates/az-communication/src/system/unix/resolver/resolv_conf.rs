//! The name servers and their options in resolv.conf, read as the C library reads them.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;
use std::{env, fs};

use resolv_conf::{Config, ScopedIp};

/// The number of servers that the C library uses.
const MAX_SERVERS: usize = 3;
/// The upper limit if the file has a larger value. A lookup must not take minutes.
const MAX_TIMEOUT: u32 = 10;
const MAX_ATTEMPTS: u32 = 3;

/// The servers to ask, and the options of a lookup.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Settings {
    /// The servers in their order. The list is never empty.
    pub(super) servers: Vec<IpAddr>,
    /// The domains that are appended to short names.
    pub(super) search: Vec<String>,
    /// A name with at least this number of dots is first tried as it is.
    pub(super) ndots: usize,
    /// The time to wait for an answer.
    pub(super) timeout: Duration,
    /// The number of attempts.
    pub(super) attempts: usize,
    /// Whether to ask for IPv4 addresses only.
    pub(super) no_ipv6: bool,
    /// Whether to use only TCP.
    pub(super) tcp: bool,
    /// Whether to announce that large answers are accepted.
    pub(super) edns0: bool,
}

impl Settings {
    /// Reads the file and the environment variables, which override the file. If the file is missing, the server is
    /// this machine.
    pub(super) fn read() -> Self {
        let mut text = fs::read("/etc/resolv.conf").unwrap_or_default();
        for (variable, keyword) in [("LOCALDOMAIN", "search"), ("RES_OPTIONS", "options")] {
            if let Ok(value) = env::var(variable) {
                text.extend_from_slice(format!("\n{keyword} {}", value.replace('\n', " ")).as_bytes());
            }
        }
        Self::of(&text)
    }

    fn of(text: &[u8]) -> Self {
        let (config, _) = Config::parse_with_errors(text);
        // hickory does not support the zone of a link-local server.
        let servers = config.nameservers.iter().filter_map(|server| match server {
            ScopedIp::V4(address) => Some(IpAddr::V4(*address)),
            ScopedIp::V6(address, None) => Some(IpAddr::V6(*address)),
            ScopedIp::V6(_, Some(_)) => None,
        });
        let mut servers: Vec<IpAddr> = servers.take(MAX_SERVERS).collect();
        if servers.is_empty() {
            servers.push(IpAddr::V4(Ipv4Addr::LOCALHOST));
        }
        let names_domain = config.get_search().is_some() || config.get_domain().is_some();
        let search = match names_domain {
            true => config.get_last_search_or_domain().map(ToString::to_string).collect(),
            false => own_domain().into_iter().collect(),
        };
        Self {
            servers,
            search,
            ndots: config.ndots.min(15) as usize,
            timeout: Duration::from_secs(config.timeout.clamp(1, MAX_TIMEOUT).into()),
            attempts: config.attempts.clamp(1, MAX_ATTEMPTS) as usize,
            no_ipv6: config.no_aaaa,
            tcp: config.use_vc,
            edns0: config.edns0,
        }
    }

    /// Returns the full names that a name can stand for, in the order in which they are tried.
    pub(super) fn candidates(&self, name: &str) -> Vec<String> {
        if name.ends_with('.') {
            return vec![name.to_owned()];
        }
        let as_it_is = format!("{name}.");
        let searched = self.search.iter().filter_map(|domain| match domain.trim_matches('.') {
            "" => None,
            domain => Some(format!("{name}.{domain}.")),
        });
        let mut candidates: Vec<String> = searched.collect();
        if name.matches('.').count() >= self.ndots {
            candidates.insert(0, as_it_is);
        } else {
            candidates.push(as_it_is);
        }
        candidates
    }
}

/// Returns the domain in this machine's host name.
fn own_domain() -> Option<String> {
    let uname = rustix::system::uname();
    let (_, domain) = uname.nodename().to_str().ok()?.split_once('.')?;
    Some(domain.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn servers(text: &str) -> Vec<String> {
        Settings::of(text.as_bytes()).servers.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn there_is_always_a_server_to_ask() {
        for text in ["", "# nameserver 10.0.0.1\n", "search example.com", "nameserver\nnameserver x\nrubbish \u{e4}"] {
            assert_eq!(servers(text), ["127.0.0.1"], "{text}");
        }
        let text =
            "nameserver fe80::1%lo\nnameserver 10.0.0.1\nnameserver ::2 ; x\nnameserver 10.0.0.3\nnameserver 10.0.0.4";
        assert_eq!(servers(text), ["10.0.0.1", "::2", "10.0.0.3"]);
    }

    #[test]
    fn timeouts_and_attempts_are_limited() {
        let settings = Settings::of(b"options timeout:30 attempts:9 ndots:99 use-vc no-aaaa edns0");
        assert_eq!((settings.timeout, settings.attempts, settings.ndots), (Duration::from_secs(10), 3, 15));
        assert!(settings.tcp && settings.no_ipv6 && settings.edns0);
        let settings = Settings::of(b"options timeout:0 attempts:0");
        assert_eq!((settings.timeout, settings.attempts), (Duration::from_secs(1), 1));
    }

    #[test]
    fn short_names_are_first_tried_with_the_search_domains() {
        let settings = Settings::of(b"domain x.example\nsearch a.example b.example.\n");
        assert_eq!(settings.candidates("acs"), ["acs.a.example.", "acs.b.example.", "acs."]);
        assert_eq!(settings.candidates("acs.corp"), ["acs.corp.", "acs.corp.a.example.", "acs.corp.b.example."]);
        assert_eq!(settings.candidates("acs."), ["acs."]);
        let settings = Settings::of(b"search a.example\noptions ndots:5\n");
        assert_eq!(settings.candidates("acs.corp"), ["acs.corp.a.example.", "acs.corp."]);
        let settings = Settings::of(b"search .\n");
        assert_eq!(settings.candidates("acs"), ["acs."]);
    }
}
