//! The headers of every response (docs/service.md, section 5).

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hyper::header::{HeaderName, HeaderValue};
use hyper::{Response, StatusCode};

use crate::edge::backend::Backend;
use crate::edge::callers::origins;
use crate::edge::context::request::RequestContext;
use crate::edge::control::version::{CONTROL_VERSION, VERSION_HEADER};
use crate::edge::http::answer::{Answer, Body};
use crate::edge::http::host::HostName;
use crate::edge::routes::route::Route;

/// Counts responses, for MS-CV and X-Azure-Ref.
static COUNTER: AtomicU64 = AtomicU64::new(0);

/// The id is asked for once, because that is a system call.
static PROCESS: LazyLock<u32> = LazyLock::new(std::process::id);

/// As many headers as most responses have, with those that hyper adds.
const HEADERS: usize = 16;

/// Returns the value of a header. It is empty if the text is not valid in a header.
fn text(value: String) -> HeaderValue {
    HeaderValue::try_from(value).unwrap_or(HeaderValue::from_static(""))
}

/// Returns whether the response may tell clients to use only TLS with the host. A loopback name is excluded, because
/// other servers have the same name. For an address and over plain HTTP, clients ignore the header.
fn is_for_hsts(request: &RequestContext) -> bool {
    request.connection.tls
        && request.host.as_ref().is_some_and(|host| matches!(host, HostName::Name(_)) && !host.is_loopback())
}

/// Makes the response, with the headers that the service always sends.
pub(crate) fn finish(answer: Answer, backend: &Backend, request: &RequestContext, started: Instant) -> Response<Body> {
    let is_ok_with_body = answer.status == 200 && !answer.body.is_empty();
    let body = Body::of(answer.body, answer.chunked, answer.truncate_at);
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
    if request.route.is_some_and(Route::is_of_control_api) {
        set(VERSION_HEADER, HeaderValue::from_static(CONTROL_VERSION));
    }
    for (name, value) in answer.extra {
        set(name, text(value.into_owned()));
    }
    origins::share(backend, request, headers);
    if let Some(id) = request.head.headers.get("x-ms-client-request-id") {
        headers.insert(HeaderName::from_static("x-ms-client-request-id"), id.clone());
    }
    response
}
