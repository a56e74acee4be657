//! Knows which kinds of clients have called over TLS, and which connections their clients ended because they did not
//! accept the certificate. Both are bounded, and cost nothing in a request that is not the first one of its connection.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use time::OffsetDateTime;

use crate::clock::machine;
use crate::log::without_credentials;

/// How many connections are remembered that were ended because of the certificate.
const MOST_REFUSED: usize = 20;

/// The largest number of bytes of a user agent that are kept.
const AGENT: usize = 152;

/// The kinds of clients, by what they trust.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Client {
    Python,
    Node,
    Dotnet,
    Java,
    Rust,
    Curl,
    Browser,
    Other,
}

const KINDS: usize = 8;

/// What the products in a user agent begin with, in lower case.
const PRODUCTS: [(&str, Client); 17] = [
    ("azsdk-python", Client::Python),
    ("azsdk-js", Client::Node),
    ("azsdk-net", Client::Dotnet),
    ("azsdk-java", Client::Java),
    ("azsdk-rust", Client::Rust),
    ("az-communication", Client::Rust),
    ("reqwest", Client::Rust),
    // python-requests, python-httpx, Python-urllib, and aiohttp, which names Python first.
    ("python", Client::Python),
    ("aiohttp", Client::Python),
    ("node", Client::Node),
    ("undici", Client::Node),
    (".net", Client::Dotnet),
    ("java/", Client::Java),
    ("java-http-client/", Client::Java),
    ("apache-httpclient", Client::Java),
    ("curl/", Client::Curl),
    ("mozilla/", Client::Browser),
];

impl Client {
    const ALL: [Self; KINDS] =
        [Self::Python, Self::Node, Self::Dotnet, Self::Java, Self::Rust, Self::Curl, Self::Browser, Self::Other];

    /// Returns the kind of the first product in a user agent that is known. Applications may put their own names before
    /// that of an SDK.
    fn of(agent: &str) -> Self {
        agent.split_ascii_whitespace().find_map(Self::of_product).unwrap_or(Self::Other)
    }

    fn of_product(product: &str) -> Option<Self> {
        let begins_with = |name: &str| product.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
        PRODUCTS.iter().find(|(name, _)| begins_with(name)).map(|(_, client)| *client)
    }

    /// Returns its name in JSON.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Node => "node",
            Self::Dotnet => "dotnet",
            Self::Java => "java",
            Self::Rust => "rust",
            Self::Curl => "curl",
            Self::Browser => "browser",
            Self::Other => "other",
        }
    }
}

/// The last client of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    /// When the first request of its connection was answered.
    pub(crate) at: OffsetDateTime,
    /// Its user agent, cut, and without tokens and keys of others.
    pub(crate) agent: String,
}

/// A connection that its client ended because of the certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RefusedCertificate {
    pub(crate) at: OffsetDateTime,
    pub(crate) peer: SocketAddr,
    pub(crate) reason: &'static str,
}

/// The clients of TLS.
#[derive(Default)]
pub(crate) struct TlsClients {
    seen: Mutex<[Option<Seen>; KINDS]>,
    refused: Mutex<VecDeque<RefusedCertificate>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl TlsClients {
    /// Remembers the client of a connection, whose first request was answered.
    pub(crate) fn saw(&self, agent: &str) {
        let client = Client::of(agent);
        let agent = without_credentials(&agent[..agent.floor_char_boundary(AGENT)]).into_owned();
        lock(&self.seen)[client as usize] = Some(Seen { at: machine::now(), agent });
    }

    /// Remembers a connection that its client ended because of the certificate.
    pub(crate) fn was_refused(&self, peer: SocketAddr, reason: &'static str) {
        let peer = SocketAddr::new(peer.ip().to_canonical(), peer.port());
        let mut refused = lock(&self.refused);
        if refused.len() == MOST_REFUSED {
            refused.pop_front();
        }
        refused.push_back(RefusedCertificate { at: machine::now(), peer, reason });
    }

    /// Returns the last client of each kind.
    pub(crate) fn seen(&self) -> Vec<(Client, Seen)> {
        let seen = lock(&self.seen);
        Client::ALL.into_iter().filter_map(|client| Some((client, seen[client as usize].clone()?))).collect()
    }

    /// Returns the last connections that were ended because of the certificate, the oldest one first.
    pub(crate) fn refused(&self) -> Vec<RefusedCertificate> {
        lock(&self.refused).iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_of_client_is_recognized_by_its_user_agent() {
        for (agent, client) in [
            ("azsdk-python-communication-identity/1.5.0 Python/3.11.2 (Linux-6.1)", Client::Python),
            ("MyApp azsdk-js-communication-identity/1.3.1 core-rest-pipeline/1.16 Node/v20.1", Client::Node),
            ("azsdk-net-Communication.Identity/1.3.1 (.NET 8.0.1; Debian)", Client::Dotnet),
            ("azsdk-java-azure-communication-identity/1.6.0 (17.0.1; Linux; 6.1)", Client::Java),
            ("az-communication azsdk-rust-acs_identity/1.0.0 (1.90.0; linux; x86_64)", Client::Rust),
            ("python-requests/2.32.3", Client::Python),
            ("Python/3.12 aiohttp/3.9.1", Client::Python),
            ("node", Client::Node),
            ("undici", Client::Node),
            (".NET", Client::Dotnet),
            ("Java-http-client/17.0.1", Client::Java),
            ("Apache-HttpClient/4.5.13 (Java/17)", Client::Java),
            ("reqwest/0.12", Client::Rust),
            ("curl/8.5.0", Client::Curl),
            ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36", Client::Browser),
            ("Go-http-client/1.1", Client::Other),
            ("curlew", Client::Other),
            ("é", Client::Other),
            ("", Client::Other),
        ] {
            assert_eq!(Client::of(agent), client, "{agent}");
        }
        for (place, client) in Client::ALL.into_iter().enumerate() {
            assert_eq!(client as usize, place);
        }
    }

    #[test]
    fn only_the_last_client_of_a_kind_and_the_last_refusals_are_kept() {
        let clients = TlsClients::default();
        for agent in ["curl/1", &format!("curl/2 {}", "é".repeat(500)), "other"] {
            clients.saw(agent);
        }
        let seen = clients.seen();
        assert_eq!(seen.iter().map(|(client, _)| client.name()).collect::<Vec<_>>(), ["curl", "other"]);
        assert!(seen[0].1.agent.starts_with("curl/2") && seen[0].1.agent.len() <= AGENT);
        for port in 1..=25 {
            clients.was_refused(format!("[::ffff:127.0.0.1]:{port}").parse().unwrap(), "unknown_ca");
        }
        let refused = clients.refused();
        assert_eq!(refused.len(), MOST_REFUSED);
        assert_eq!(refused[0].peer.to_string(), "127.0.0.1:6");
    }
}
