//! A request on its way: the one value that every step is given.

use std::net::IpAddr;
use std::sync::Arc;

use hyper::header::HeaderMap;
use hyper::{Method, Uri, Version};

use super::authentication::Principal;
use super::body::Held;
use super::connection::Connection;
use super::host::HostName;
use super::routes::Route;

/// What came before the body.
pub(crate) struct Head {
    pub(crate) method: Method,
    pub(crate) version: Version,
    /// The host that the target itself names, where it is a whole URL.
    pub(crate) authority: Option<String>,
    /// Path and query as they came, nothing decoded.
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
}

impl Head {
    pub(super) fn new(method: Method, uri: &Uri, version: Version, headers: HeaderMap) -> Self {
        let target = uri.path_and_query().map_or("/", |target| target.as_str()).to_owned();
        let authority = uri.authority().map(|authority| authority.as_str().to_owned());
        Self { method, version, authority, target, headers }
    }

    pub(super) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    pub(super) fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }

    /// How many bytes it has, but for what stands between them.
    pub(super) fn size(&self) -> usize {
        let headers = self.headers.iter().map(|(name, value)| name.as_str().len() + value.len());
        self.target.len() + headers.sum::<usize>()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Whether a proxy has passed the request on, and says so: the peer is the proxy then.
    pub(super) fn came_through_a_proxy(&self) -> bool {
        let by_proxies = ["forwarded", "via", "x-real-ip", "true-client-ip", "cf-connecting-ip", "x-client-ip"];
        self.headers.keys().any(|name| by_proxies.contains(&name.as_str()) || name.as_str().starts_with("x-forwarded-"))
    }

    /// What the Authorization header says behind that scheme.
    pub(super) fn credentials(&self, wanted: &str) -> Option<&str> {
        let (scheme, credentials) = self.header("authorization")?.split_once(' ')?;
        scheme.eq_ignore_ascii_case(wanted).then(|| credentials.trim())
    }
}

/// A request, with what is known of it so far.
pub(crate) struct RequestContext {
    pub(super) peer: IpAddr,
    pub(super) connection: Arc<Connection>,
    pub(super) head: Head,
    /// What the `Host` header names.
    pub(super) host: Option<HostName>,
    pub(super) route: Route,
    pub(super) caller: Principal,
    /// Empty until it is read.
    pub(super) body: Held,
}

impl RequestContext {
    pub(super) fn new(head: Head, connection: Arc<Connection>) -> Self {
        let (peer, route) = (connection.peer_ip(), Route::find(head.path()));
        let host = head.header("host").and_then(HostName::parse);
        Self { peer, connection, head, host, route, caller: Principal::Anyone, body: Held::default() }
    }
}
