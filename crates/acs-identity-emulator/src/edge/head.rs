//! What is checked of every request before anything else: its framing, and for whom it is.

use hyper::Version;
use hyper::header::{CONTENT_LENGTH, HOST, TRANSFER_ENCODING};

use super::context::{Head, RequestContext};
use crate::core::{Refusal, Refused};

fn malformed(message: &str) -> Refusal {
    Refusal::http(400, "BadRequest", message)
}

/// Refuses what RFC 9112 wants to be refused. The connection must end: its next bytes may belong to the same request.
pub(super) fn check(request: &RequestContext) -> Refused<()> {
    let head = &request.head;
    if request.connection.is_ambiguous()
        || (head.headers.contains_key(CONTENT_LENGTH) && head.headers.contains_key(TRANSFER_ENCODING))
    {
        return Err(malformed("The request has both a Content-Length and a Transfer-Encoding."));
    }
    let mut hosts = head.headers.get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(_), Some(_)) => return Err(malformed("The request has more than one Host header.")),
        // HTTP/1.0 has none.
        (None, _) if head.version < Version::HTTP_11 => {}
        (None, _) => return Err(malformed("The request has no Host header.")),
        (Some(host), None) => {
            if request.host.is_none() {
                return Err(malformed("The Host header is not a host."));
            }
            if head.authority.as_deref().is_some_and(|authority| host.as_bytes() != authority.as_bytes()) {
                return Err(malformed("The request line and the Host header name different hosts."));
            }
        }
    }
    Ok(())
}

/// The length that the body is stated to have; `None` where it comes in chunks.
pub(super) fn stated_length(head: &Head) -> Option<u64> {
    if head.headers.contains_key(TRANSFER_ENCODING) {
        return None;
    }
    Some(head.header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0))
}
