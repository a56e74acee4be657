//! Blocks requests that must not be sent: credentials go only to their own server, and nothing is sent after an
//! interrupt.

use std::sync::Arc;

use async_trait::async_trait;
use azure_core::http::headers::HeaderName;
use azure_core::http::policies::{Policy, PolicyResult};
use azure_core::http::{Context, Request, Url};

use crate::transport::error::TransportError;
use crate::transport::http::wait::waiting;

/// A marker in the context of a request whose body is a secret.
#[derive(Debug)]
pub(crate) struct SecretBody;

/// The headers that authenticate the caller: a token, or a signature and the values that it signs.
const CREDENTIALS: [&str; 4] = ["authorization", "x-ms-content-sha256", "x-ms-date", "x-ms-authorization-auxiliary"];

/// Checks whether two URLs have the same scheme, host and port.
pub(crate) fn is_same_origin(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme()
        && one.host_str() == other.host_str()
        && one.port_or_known_default() == other.port_or_known_default()
}

/// Returns the scheme, host and port of a URL, for messages.
pub(crate) fn shown(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// The policy. It comes after signing, so that it sees the request as it will be sent.
#[derive(Debug)]
pub(crate) struct OriginPolicy {
    /// Any URL of the server that the credentials are for.
    pub(crate) home: Url,
}

#[async_trait]
impl Policy for OriginPolicy {
    async fn send(&self, ctx: &Context, request: &mut Request, next: &[Arc<dyn Policy>]) -> PolicyResult {
        if waiting().is_interrupted() {
            return Err(TransportError::Interrupted.into());
        }
        if !is_same_origin(request.url(), &self.home) {
            for name in CREDENTIALS {
                request.headers_mut().remove(HeaderName::from_static(name));
            }
        }
        next[0].send(ctx, request, &next[1..]).await
    }
}
