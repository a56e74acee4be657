//! The head of a request. Its framing and its host are checked before anything else.

use hyper::header::{CONTENT_LENGTH, HOST, HeaderMap, TRANSFER_ENCODING};
use hyper::{Method, Uri, Version};

use super::connection::Connection;
use super::host::HostName;
use crate::edge::http::error::{HttpError, HttpResult};

/// Everything before the body.
pub(crate) struct Head {
    pub(crate) method: Method,
    pub(crate) version: Version,
    /// The host in the target, if the target is a whole URL.
    pub(crate) authority: Option<String>,
    /// Path and query as they were sent, without decoding.
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
}

impl Head {
    pub(crate) fn new(method: Method, uri: &Uri, version: Version, headers: HeaderMap) -> Self {
        let target = uri.path_and_query().map_or("/", |target| target.as_str()).to_owned();
        let authority = uri.authority().map(|authority| authority.as_str().to_owned());
        Self { method, version, authority, target, headers }
    }

    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    pub(crate) fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }

    /// Returns how many bytes it has, without the separators.
    pub(crate) fn size(&self) -> usize {
        let headers = self.headers.iter().map(|(name, value)| name.as_str().len() + value.len());
        self.target.len() + headers.sum::<usize>()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Returns whether a proxy has forwarded the request and says so. The peer is then the proxy.
    pub(crate) fn came_through_a_proxy(&self) -> bool {
        let by_proxies = ["forwarded", "via", "x-real-ip", "true-client-ip", "cf-connecting-ip", "x-client-ip"];
        self.headers.keys().any(|name| by_proxies.contains(&name.as_str()) || name.as_str().starts_with("x-forwarded-"))
    }

    /// Returns the credentials in the Authorization header, if it has that scheme.
    pub(crate) fn credentials(&self, wanted: &str) -> Option<&str> {
        let (scheme, credentials) = self.header("authorization")?.split_once(' ')?;
        scheme.eq_ignore_ascii_case(wanted).then(|| credentials.trim())
    }

    /// Returns the stated length of the body; `None` if it is sent in chunks.
    pub(super) fn stated_length(&self) -> Option<u64> {
        if self.headers.contains_key(TRANSFER_ENCODING) {
            return None;
        }
        Some(self.header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0))
    }

    /// Refuses a head that RFC 9112 does not allow. The connection must end, because its next bytes may belong to the
    /// same request.
    pub(crate) fn check(&self, host: Option<&HostName>, connection: &Connection) -> HttpResult<()> {
        if connection.is_ambiguous()
            || (self.headers.contains_key(CONTENT_LENGTH) && self.headers.contains_key(TRANSFER_ENCODING))
        {
            return Err(malformed("The request has both a Content-Length and a Transfer-Encoding."));
        }
        let mut hosts = self.headers.get_all(HOST).iter();
        match (hosts.next(), hosts.next()) {
            (Some(_), Some(_)) => return Err(malformed("The request has more than one Host header.")),
            // HTTP/1.0 has none.
            (None, _) if self.version < Version::HTTP_11 => {}
            (None, _) => return Err(malformed("The request has no Host header.")),
            (Some(text), None) => {
                if host.is_none() {
                    return Err(malformed("The Host header is not a host."));
                }
                if self.authority.as_deref().is_some_and(|authority| text.as_bytes() != authority.as_bytes()) {
                    return Err(malformed("The request line and the Host header name different hosts."));
                }
            }
        }
        Ok(())
    }
}

fn malformed(message: &str) -> HttpError {
    HttpError::new(400, "BadRequest", message).noted()
}
