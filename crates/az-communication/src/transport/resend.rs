//! Decides whether a request is sent again: by its method, its effect, and how far it got. The statuses and methods are
//! the same as in the reference's client (Python azure-core 1.39, `RetryPolicy` with its defaults).

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use azure_core::http::headers::Headers;
use azure_core::http::{Method, Request};

use crate::transport::error::TransportError;
use crate::transport::http::header;
use crate::transport::http::reached::Reached;

/// Revoking twice has the same effect as revoking once, although it is a POST.
const REVOKE: &str = "/:revokeAccessTokens";

/// Checks whether a gateway reports with this status that it has no response from the service. The service may still
/// have carried out the request.
pub(crate) fn is_of_a_gateway(status: u16) -> bool {
    matches!(status, 502 | 504)
}

/// Checks whether the service may have carried out a request before it answered with this error. This is the case if
/// the service failed while it worked on the request, or if a gateway answered. Other errors are refusals, for example
/// 429.
pub fn leaves_open(status: u16) -> bool {
    status == 408 || status >= 500
}

/// Counts how often requests were sent again although the service may have carried them out. It is used for requests
/// that issue a new token each time. It is in the request's context.
#[derive(Debug, Clone, Default)]
pub(crate) struct Repeats(Arc<AtomicUsize>);

impl Repeats {
    /// Returns the number of repetitions.
    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// Counts a request that is sent again after a response with this status, or without a response.
    pub(crate) fn note(&self, status: Option<u16>) {
        if status.is_none_or(leaves_open) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Counts how often a request was sent again after a gateway's response. It is used for requests that create a new user
/// each time. It is in the request's context.
#[derive(Debug, Clone)]
pub(crate) struct Creation {
    /// Whether the request may be sent again in this case, as in the reference.
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

    /// Checks whether the request may be sent again after a response with this status.
    pub(crate) fn repeats_after(&self, status: u16) -> bool {
        self.repeats || !leaves_open(status)
    }

    /// Counts a request that is sent again after a response with this status.
    pub(crate) fn note(&self, status: u16) {
        if is_of_a_gateway(status) {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Checks whether a response on an idle connection was sent before the request arrived. The server waited for a request
/// and closes the connection (408). The request is then sent on a new connection.
pub(crate) fn is_about_idling(status: u16, closes: impl FnOnce() -> bool) -> bool {
    status == 408 && closes()
}

/// Checks whether a connection is used again after a response with this status. Servers with problems close their
/// connections, and a request on a connection that ends may not be repeated. A request after a redirect has the same id
/// as the request before, so on one connection their responses could be confused.
pub(crate) fn keeps_connection(status: u16, asks_to_wait: bool) -> bool {
    status < 300 || ((400..500).contains(&status) && !matches!(status, 408 | 429) && !asks_to_wait)
}

/// The kind of a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attempt {
    /// The service received nothing.
    Connect,
    /// The response is missing or incomplete.
    Read,
}

/// Checks whether the method is idempotent in HTTP.
fn is_idempotent(method: Method) -> bool {
    matches!(method, Method::Get | Method::Head | Method::Put | Method::Delete)
}

/// Checks whether a request is sent again after a response with this status.
pub(crate) fn after_status(method: Method, status: u16, headers: &Headers) -> bool {
    if status < 400 {
        return false;
    }
    if header::given(headers, "retry-after").is_some() {
        return true;
    }
    // POST and PATCH are sent again only if the service has certainly done nothing.
    matches!(status, 500 | 503 | 504) || (is_idempotent(method) && matches!(status, 408 | 429 | 502 | 506..=998))
}

/// Returns the kind of the failed attempt if a request without a response is sent again.
pub(crate) fn after_error(method: Method, error: &TransportError) -> Option<Attempt> {
    if !is_idempotent(method) || error.is_permanent() {
        return None;
    }
    Some(if error.reached() == Reached::No { Attempt::Connect } else { Attempt::Read })
}

/// Checks whether a request is sent again at once on a new connection. An idle connection may have failed because the
/// server closed it.
pub(crate) fn on_new_connection(request: &Request, error: &TransportError) -> bool {
    match error.reached() {
        // The service cannot have processed the request.
        Reached::No => !error.is_permanent() && !matches!(error, TransportError::Timeout { .. }),
        // The connection ended before the first byte of a response. The service may have created a user or issued a
        // token, so such a request is not repeated.
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
    fn a_request_is_sent_again_by_method_status_and_retry_after() {
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
    fn a_request_on_a_closed_idle_connection_is_sent_again_if_that_is_safe() {
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
