//! The checks for endpoints without a credential, which answer this machine only.

use hyper::header::{HeaderMap, HeaderValue};

use super::origins;
use crate::edge::backend::Backend;
use crate::edge::context::request::RequestContext;
use crate::edge::http::error::{HttpError, HttpResult, Note};

/// Refuses a peer on another machine, also one behind a proxy on this machine. Also refuses a web page whose host name
/// was made to resolve to this machine (DNS rebinding).
pub(crate) fn check(backend: &Backend, request: &RequestContext) -> HttpResult<()> {
    let is_refused_page = is_sent_by_a_page(&request.head.headers);
    let why = why_elsewhere(backend, request).or_else(|| {
        is_refused_page.then_some(
            "This endpoint gives tokens without a credential, so it does not answer web pages (Origin, Sec-Fetch-Site).",
        )
    });
    refuse(request, why.or_else(|| why_not_own_name(backend, request)), |why| {
        HttpError::oauth(403, "access_denied", why)
    })
}

/// Makes the same checks for an endpoint that web pages of allowed origins may call. The browser of a user sends the
/// origin of such a page with every request whose response the page can read. Other requests of pages of other sites
/// are refused, because they would be executed.
pub(crate) fn check_front_end(backend: &Backend, request: &RequestContext) -> HttpResult<()> {
    let headers = &request.head.headers;
    let is_refused_page = match headers.contains_key("origin") {
        true => origins::allowed(backend, request).is_none(),
        false => is_sent_by_a_page(headers),
    };
    let why = why_elsewhere(backend, request).or_else(|| {
        is_refused_page.then_some(
            "This endpoint gives tokens without a credential, so it answers only web pages on this machine and pages of \
             the origins of --allow-origin (Origin, Sec-Fetch-Site).",
        )
    });
    refuse(request, why.or_else(|| why_not_own_name(backend, request)), |why| HttpError::new(403, "Forbidden", why))
}

/// Returns the reason to refuse a client that is not on this machine.
fn why_elsewhere(backend: &Backend, request: &RequestContext) -> Option<&'static str> {
    // Not every proxy adds a header.
    if backend.config.is_behind_proxy() {
        return Some(
            "This endpoint gives tokens without a credential, so it is off behind a proxy (--public-url, --plain-http), \
             which makes every client look as if it were on the emulator's machine.",
        );
    }
    if !request.connection.is_local() {
        return Some(
            "This endpoint gives tokens without a credential, so it answers only clients on the emulator's machine.",
        );
    }
    request.head.came_through_a_proxy().then_some(
        "This endpoint gives tokens without a credential, so it does not answer requests through a proxy (Forwarded, \
         Via, X-Forwarded-For, X-Real-IP): the client may be on another machine.",
    )
}

/// Returns the reason to refuse a client that does not know the emulator by one of its names.
fn why_not_own_name(backend: &Backend, request: &RequestContext) -> Option<&'static str> {
    let is_own = request.host.as_ref().is_some_and(|host| backend.names.has(host));
    (!is_own).then_some(
        "This endpoint gives tokens without a credential, so it answers only if the Host header is a loopback name, \
         an address, or a name of --host or --hostname.",
    )
}

/// Refuses a request if there is a reason. The log has the peer.
pub(super) fn refuse(
    request: &RequestContext,
    why: Option<&'static str>,
    error: impl FnOnce(&'static str) -> HttpError,
) -> HttpResult<()> {
    let Some(why) = why else { return Ok(()) };
    let (method, path, peer) = (&request.head.method, request.head.path(), request.peer);
    let note = Note::Warning(format!("403 {method} {path} from {peer}: {why}"));
    Err(HttpError { note: Some(note), ..error(why) })
}

/// Returns whether a web page sends the request, and not a user who has typed the address. The page cannot read the
/// response, but its request would be executed.
fn is_sent_by_a_page(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    headers.contains_key("origin") || site.is_some_and(|site| !matches!(site, b"none" | b"same-origin"))
}
