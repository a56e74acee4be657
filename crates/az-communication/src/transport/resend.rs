//! The one place that decides whether a request is sent again: by its method, by what it does, and by how far it got.
//! Statuses and methods are those of the reference's client (Python azure-core 1.39, `RetryPolicy` with its defaults).

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use azure_core::http::headers::Headers;
use azure_core::http::{Method, Request};

use crate::transport::error::TransportError;
use crate::transport::http::header;
use crate::transport::http::reached::Reached;

/// Revoking twice does what revoking once does, although it is a POST.
const REVOKE: &str = "/:revokeAccessTokens";

/// Whether a gateway says so that it has no answer of the service, which may have carried the request out.
pub(crate) fn is_of_a_gateway(status: u16) -> bool {
    matches!(status, 502 | 504)
}

/// Whether the service may have carried a request out before it answered with this error: it failed on the way, or a gateway
/// answers for it. Other errors are refusals, 429 among them.
pub fn leaves_open(status: u16) -> bool {
    status == 408 || status >= 500
}

/// A request that gives a token each time that it is sent: counts how often requests were sent again although the service may
/// have carried them out. It stands in the request's context.
#[derive(Debug, Clone, Default)]
pub(crate) struct Repeats(Arc<AtomicUsize>);

impl Repeats {
    /// How many there were.
    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// A request is sent again after this answer, or without one.
    pub(crate) fn note(&self, status: Option<u16>) {
        if status.is_none_or(leaves_open) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// A request that creates a user each time that it is sent: how often it was sent again after the answer of a gateway. It
/// stands in the request's context.
#[derive(Debug, Clone)]
pub(crate) struct Creation {
    /// Whether it may be sent again then, as the reference does.
    repeats: bool,
    lost: Arc<AtomicU32>,
}

impl Creation {
    pub(crate) fn new(repeats: bool) -> Self {
        Self { repeats, lost: Arc::default() }
    }

    pub(crate) fn lost(&self) -> u32 {
        self.lost.load(Ordering::Relaxed)
    }

    /// Whether it may be sent again after this answer.
    pub(crate) fn repeats_after(&self, status: u16) -> bool {
        self.repeats || !leaves_open(status)
    }

    /// It is sent again after this answer.
    pub(crate) fn note(&self, status: u16) {
        if is_of_a_gateway(status) {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Whether an answer on a connection that was idle is about the time before the request: the server waited for one, and
/// ends the connection (408). It sent that before it saw the request, which goes on a new connection.
pub(crate) fn is_about_idling(status: u16, closes: impl FnOnce() -> bool) -> bool {
    status == 408 && closes()
}

/// Whether a connection is used again after an answer with this status. Servers in trouble close theirs, and a request that
/// meets the end of a connection may not be sent once more. The request that follows a redirect has the id of the one
/// before, so that their answers could be taken for each other.
pub(crate) fn keeps_connection(status: u16, asks_to_wait: bool) -> bool {
    status < 300 || ((400..500).contains(&status) && !matches!(status, 408 | 429) && !asks_to_wait)
}

/// What an attempt is counted as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attempt {
    /// Nothing reached the service.
    Connect,
    /// The answer did not come, or not as a whole.
    Read,
}

/// Whether HTTP promises that the method does the same when it is repeated.
fn is_idempotent(method: Method) -> bool {
    matches!(method, Method::Get | Method::Head | Method::Put | Method::Delete)
}

/// Whether an answer with this status is asked for again.
pub(crate) fn after_status(method: Method, status: u16, headers: &Headers) -> bool {
    if status < 400 {
        return false;
    }
    if header::given(headers, "retry-after").is_some() {
        return true;
    }
    // POST and PATCH are sent again only where the service surely did nothing.
    matches!(status, 500 | 503 | 504) || (is_idempotent(method) && matches!(status, 408 | 429 | 502 | 506..=998))
}

/// Whether a request without an answer is sent again, and what the failed attempt counts as.
pub(crate) fn after_error(method: Method, error: &TransportError) -> Option<Attempt> {
    if !is_idempotent(method) || error.is_permanent() {
        return None;
    }
    Some(if error.reached() == Reached::No { Attempt::Connect } else { Attempt::Read })
}

/// Whether a request goes on a new connection at once, because an idle one failed that the server may have closed.
pub(crate) fn on_new_connection(request: &Request, error: &TransportError) -> bool {
    match error.reached() {
        // Nothing of it can have been processed.
        Reached::No => !error.is_permanent() && !matches!(error, TransportError::Timeout { .. }),
        // The connection ended before any byte of an answer. Creating or issuing may have happened, so it is not repeated.
        Reached::Maybe => {
            matches!(error, TransportError::Closed(_) | TransportError::Io(..))
                && (is_idempotent(request.method()) || request.url().path().ends_with(REVOKE))
        }
        Reached::Answered => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> Headers {
        let mut headers = Headers::new();
        pairs.iter().for_each(|(name, value)| headers.insert(*name, *value));
        headers
    }

    #[test]
    fn statuses() {
        let none = headers(&[]);
        for (status, post, delete) in [
            (408, false, true),
            (429, false, true),
            (500, true, true),
            (502, false, true),
            (505, false, false),
            (511, false, true),
        ] {
            assert_eq!(after_status(Method::Post, status, &none), post, "POST {status}");
            assert_eq!(after_status(Method::Delete, status, &none), delete, "DELETE {status}");
        }
        assert!(after_status(Method::Post, 429, &headers(&[("retry-after", "1")])));
        assert!(!after_status(Method::Post, 429, &headers(&[("retry-after-ms", "1")])));
        assert!(!after_status(Method::Get, 302, &headers(&[("retry-after", "1")])));
    }

    #[test]
    fn an_idle_connection_that_the_server_closed() {
        let request = |method, path: &str| Request::new(format!("https://localhost{path}").parse().unwrap(), method);
        let create = request(Method::Post, "/identities?api-version=1");
        let revoke = request(Method::Post, "/identities/8:acs:x/:revokeAccessTokens?api-version=1");
        let delete = request(Method::Delete, "/identities/8:acs:x");
        let host = || "localhost".to_owned();
        let unsent = || TransportError::Unsent(host(), None);
        let closed = || TransportError::Closed(host());
        let cut = || TransportError::CutOff(host());
        for (request, expected) in
            [(create, [true, false, false]), (revoke, [true, true, false]), (delete, [true, true, false])]
        {
            let decided = [unsent(), closed(), cut()].map(|error| on_new_connection(&request, &error));
            assert_eq!(decided, expected, "{}", request.url());
        }
    }
}
