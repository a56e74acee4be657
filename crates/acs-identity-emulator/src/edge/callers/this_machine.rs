//! The check for endpoints without a credential, which answer this machine only.

use hyper::header::{HeaderMap, HeaderValue};

use crate::edge::backend::Backend;
use crate::edge::context::request::RequestContext;
use crate::edge::http::error::{HttpError, HttpResult, Note};

/// Refuses a peer on another machine, also one behind a proxy on this machine. Also refuses a web page whose host name
/// was made to resolve to this machine (DNS rebinding).
pub(crate) fn check(backend: &Backend, request: &RequestContext) -> HttpResult<()> {
    let why = if !request.connection.is_local() {
        "This endpoint gives tokens without a credential, so it answers only clients on the emulator's machine."
    } else if request.head.came_through_a_proxy() {
        "This endpoint gives tokens without a credential, so it does not answer requests through a proxy (Forwarded, \
         Via, X-Forwarded-For, X-Real-IP): the client may be on another machine."
    } else if is_sent_by_a_page(&request.head.headers) {
        "This endpoint gives tokens without a credential, so it does not answer web pages (Origin, Sec-Fetch-Site)."
    } else if !request.host.as_ref().is_some_and(|host| backend.names.has(host)) {
        "This endpoint gives tokens without a credential, so it answers only if the Host header is a loopback name, \
         an address, or a name of --host or --hostname."
    } else {
        return Ok(());
    };
    let (method, path, peer) = (&request.head.method, request.head.path(), request.peer);
    let note = Note::Warning(format!("403 {method} {path} from {peer}: {why}"));
    Err(HttpError { note: Some(note), ..HttpError::oauth(403, "access_denied", why) })
}

/// Returns whether a web page sends the request, and not a user who has typed the address. The page cannot read the
/// response, but its request would be executed.
fn is_sent_by_a_page(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    headers.contains_key("origin") || site.is_some_and(|site| !matches!(site, b"none" | b"same-origin"))
}
