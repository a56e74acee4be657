//! Answers and the headers of section 5 of docs/service.md.

use std::borrow::Cow;
use std::pin::Pin;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Instant;

use acs_identity_protocol::error::{ErrorBody, ErrorDetail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use http_body_util::Full;
use hyper::body::{Body as HttpBody, Bytes, Frame, SizeHint};
use hyper::header::{HeaderName, HeaderValue};
use hyper::{Method, Response, StatusCode};
use serde::Serialize;

use super::Edge;
use super::context::RequestContext;
use super::host::HostName;
use crate::core::{Refusal, Refused};

/// A body; error bodies are sent in chunks, as the service does.
pub(crate) struct Body {
    inner: Full<Bytes>,
    chunked: bool,
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Pin::new(&mut self.inner).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        if self.chunked { SizeHint::default() } else { self.inner.size_hint() }
    }
}

/// An answer before its headers.
pub(super) struct Answer {
    pub(super) status: u16,
    content_type: Option<&'static str>,
    body: Bytes,
    chunked: bool,
    /// The value of `api-supported-versions`.
    versions: Option<&'static str>,
    extra: Vec<(&'static str, Cow<'static, str>)>,
}

const JSON: &str = "application/json; charset=utf-8";
const JSON_ERROR: &str = "application/json";

impl Answer {
    fn new(status: u16) -> Self {
        Self { status, content_type: None, body: Bytes::new(), chunked: false, versions: None, extra: Vec::new() }
    }

    /// A result in JSON.
    pub(super) fn json(status: u16, value: &impl Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(body) => Self { content_type: Some(JSON), body: body.into(), ..Self::new(status) },
            Err(error) => Self::refused(Refusal::fault(error)),
        }
    }

    /// A result that is text in JSON already.
    pub(super) fn json_text(body: Bytes) -> Self {
        Self { content_type: Some(JSON), body, ..Self::new(200) }
    }

    /// A result without a body.
    pub(super) fn no_content() -> Self {
        Self::new(204)
    }

    /// Text of that type.
    pub(super) fn text(content_type: &'static str, text: impl Into<Bytes>) -> Self {
        Self { content_type: Some(content_type), body: text.into(), ..Self::new(200) }
    }

    /// The answer to a browser's question whether it may ask.
    pub(super) fn preflight(allowed: bool) -> Self {
        if !allowed {
            return Self::no_content();
        }
        Self::no_content()
            .with("access-control-allow-methods", "GET, POST, PUT, PATCH, DELETE")
            .with("access-control-max-age", "86400")
    }

    /// An error.
    pub(super) fn refused(refusal: Refusal) -> Self {
        if refusal.empty {
            return Self { chunked: false, ..Self::new(refusal.status) };
        }
        let detail = ErrorDetail {
            code: refusal.code.to_owned(),
            message: refusal.message,
            target: refusal.target.map(str::to_owned),
            ..ErrorDetail::default()
        };
        let body = serde_json::to_vec(&ErrorBody { error: detail }).unwrap_or_default();
        let answer =
            Self { content_type: Some(JSON_ERROR), body: body.into(), chunked: true, ..Self::new(refusal.status) };
        match refusal.retry_after {
            Some(seconds) => answer.with("retry-after", seconds.to_string()),
            None => answer,
        }
    }

    /// The path knows other methods.
    pub(super) fn not_allowed(method: &Method, allow: impl Into<Cow<'static, str>>) -> Self {
        let message = format!("The method {method} is not allowed here.");
        Self::refused(Refusal::http(405, "MethodNotAllowed", message)).with("allow", allow)
    }

    /// The answer of an operation, with the api-versions where they belong.
    pub(super) fn of(result: Refused<Self>, versions: &'static str) -> Self {
        let (announces, answer) = match result {
            Ok(answer) => (true, answer),
            Err(refusal) => (refusal.announces_versions, Self::refused(refusal)),
        };
        Self { versions: announces.then_some(versions), ..answer }
    }

    /// Adds a header.
    pub(super) fn with(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.extra.push((name, value.into()));
        self
    }

    /// Ends the connection afterwards: the request was not read to its end.
    pub(super) fn closing(self) -> Self {
        self.with("connection", "close")
    }
}

/// Counts answers, for MS-CV and X-Azure-Ref.
static COUNTER: AtomicU64 = AtomicU64::new(0);

/// Asked for once: it is a call of the system.
static PROCESS: LazyLock<u32> = LazyLock::new(std::process::id);

/// As many headers as most answers have, with those that hyper adds.
const HEADERS: usize = 16;

/// The value of a header; empty where the text is none.
fn text(value: String) -> HeaderValue {
    HeaderValue::try_from(value).unwrap_or(HeaderValue::from_static(""))
}

/// Whether the host may be told to be used with TLS only. A loopback name may not: it is that of other servers, too. Addresses
/// cannot be, and over plain HTTP it would be ignored.
fn is_for_hsts(request: &RequestContext) -> bool {
    request.connection.tls
        && request.host.as_ref().is_some_and(|host| matches!(host, HostName::Name(_)) && !host.is_loopback())
}

/// Adds the headers that the service sends with everything.
pub(super) fn finish(answer: Answer, edge: &Edge, request: &RequestContext, started: Instant) -> Response<Body> {
    let is_ok_with_body = answer.status == 200 && !answer.body.is_empty();
    let body = Body { inner: Full::new(answer.body), chunked: answer.chunked };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.reserve(HEADERS);
    let mut set = |name: &'static str, value: HeaderValue| {
        headers.insert(HeaderName::from_static(name), value);
    };
    let count = COUNTER.fetch_add(1, Ordering::Relaxed);
    let mut reference = [0; 16];
    reference[..8].copy_from_slice(&u64::from(*PROCESS).to_be_bytes());
    reference[8..].copy_from_slice(&count.to_be_bytes());
    let reference = STANDARD_NO_PAD.encode(reference);
    set("ms-cv", text(format!("{reference}.0")));
    set("request-context", HeaderValue::from_static("appId="));
    if is_for_hsts(request) {
        set("strict-transport-security", HeaderValue::from_static("max-age=31536000;includeSubDomains"));
    }
    set(
        "x-processing-time",
        text(format!("{}ms", crate::clock::machine::instant().duration_since(started).as_millis())),
    );
    set("x-azure-ref", text(reference));
    set("x-cache", HeaderValue::from_static("CONFIG_NOCACHE"));
    if let Some(content_type) = answer.content_type {
        set("content-type", HeaderValue::from_static(content_type));
    }
    if is_ok_with_body {
        set("accept-ranges", HeaderValue::from_static("bytes"));
    }
    if let Some(versions) = answer.versions {
        set("api-supported-versions", HeaderValue::from_static(versions));
    }
    for (name, value) in answer.extra {
        set(name, text(value.into_owned()));
    }
    edge.share(request, headers);
    if let Some(id) = request.head.headers.get("x-ms-client-request-id") {
        headers.insert(HeaderName::from_static("x-ms-client-request-id"), id.clone());
    }
    response
}
