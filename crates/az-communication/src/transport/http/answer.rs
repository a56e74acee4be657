//! A response, or the reason why there is no complete response.

use std::io;
use std::ops::ControlFlow;

use hyper::Response;
use hyper::body::Incoming;
use hyper::header::{CONNECTION, HeaderMap};

use crate::transport::http::reached::Reached;

/// A response.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) reason: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// Checks whether the server closes the connection after this response.
    pub(crate) fn closes(&self) -> bool {
        self.headers.get_all(CONNECTION).iter().any(|value| {
            value.as_bytes().split(|byte| *byte == b',').any(|word| word.trim_ascii().eq_ignore_ascii_case(b"close"))
        })
    }
}

/// Takes the pieces of a body as they arrive, and can end the response.
pub(crate) type Sink<'a> = dyn FnMut(&[u8]) -> ControlFlow<()> + 'a;

/// The reason why there is no complete response.
#[derive(Debug)]
pub(crate) enum Broken {
    /// The network or TLS failed, or the time is over.
    Io(io::Error),
    /// hyper found the connection unusable and sent nothing.
    NotStarted,
    /// The connection ended.
    Ended,
    /// The response is not valid HTTP. The field describes the error.
    Malformed(String),
}

/// A failed exchange.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) why: Broken,
    pub(crate) reached: Reached,
    /// Whether the exchange failed during the TLS handshake.
    pub(crate) in_handshake: bool,
}

/// Returns the phrase after the status as it was received.
pub(super) fn reason(response: &Response<Incoming>) -> String {
    let reason = response.extensions().get::<hyper::ext::ReasonPhrase>().map(|reason| reason.as_bytes());
    let reason = reason.unwrap_or_else(|| response.status().canonical_reason().unwrap_or_default().as_bytes());
    String::from_utf8_lossy(reason).into_owned()
}
