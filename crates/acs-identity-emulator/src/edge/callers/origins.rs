//! The origins of web pages that may call.

use hyper::header::{CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, VARY};

use crate::edge::backend::Backend;
use crate::edge::context::request::RequestContext;
use crate::edge::http::host::HostName;
use crate::log::Shown;

/// Returns the origin of the calling page if it may call: it is on this machine, or it was allowed.
pub(crate) fn allowed<'a>(backend: &Backend, request: &'a RequestContext) -> Option<&'a HeaderValue> {
    let origin = request.head.headers.get("origin").filter(|_| request.is_for_web_pages())?;
    let text = origin.to_str().ok()?;
    let allowed = backend.config.cors_origins.iter().map(|allowed| allowed.trim_end_matches('/'));
    (is_loopback_origin(text) || allowed.into_iter().any(|allowed| allowed.eq_ignore_ascii_case(text)))
        .then_some(origin)
}

/// Returns whether every origin that the request names is the emulator's own: the one by which the request has reached
/// it, or the one of the public URL. A request that no page sends may name none.
pub(crate) fn are_own(backend: &Backend, request: &RequestContext) -> bool {
    let scheme = if request.connection.tls { "https" } else { "http" };
    let reached = request.head.header("host").map(|host| origin_of(scheme, host));
    let public = backend.config.public_base().and_then(|url| url.split_once("://"));
    let public = public.map(|(scheme, rest)| origin_of(scheme, rest.split('/').next().unwrap_or_default()));
    let is_own = |origin: &str| [&reached, &public].into_iter().flatten().any(|own| own.eq_ignore_ascii_case(origin));
    request.head.headers.get_all("origin").iter().all(|origin| origin.to_str().is_ok_and(is_own))
}

/// Returns an origin as browsers send it: without the usual port of its scheme.
fn origin_of(scheme: &str, authority: &str) -> String {
    let usual = if scheme.eq_ignore_ascii_case("http") { ":80" } else { ":443" };
    format!("{scheme}://{}", authority.strip_suffix(usual).unwrap_or(authority))
}

/// Adds the headers of CORS.
pub(crate) fn share(backend: &Backend, request: &RequestContext, headers: &mut HeaderMap) {
    if !request.head.headers.contains_key("origin") {
        return;
    }
    headers.append(VARY, HeaderValue::from_static("origin"));
    // The emulator's page is not for other pages. At the same path, they may read the index.
    if headers.contains_key(CONTENT_SECURITY_POLICY) {
        return;
    }
    let Some(origin) = allowed(backend, request) else {
        // The emulator's own page needs no headers.
        if !are_own(backend, request) {
            log_refused(backend, request);
        }
        return;
    };
    let mut set = |name: &'static str, value: HeaderValue| {
        headers.insert(HeaderName::from_static(name), value);
    };
    set("access-control-allow-origin", origin.clone());
    set("access-control-allow-headers", HeaderValue::from_static("*, authorization"));
    set("access-control-expose-headers", HeaderValue::from_static("*"));
}

/// Logs why a page may not call, because the browser does not tell the page.
fn log_refused(backend: &Backend, request: &RequestContext) {
    let known = backend.core.secrets.now();
    let origin = &*known.without_any(request.head.header("origin").unwrap_or_default());
    let (method, path) = known.without_any_in(&request.head.method, request.head.path());
    let why = match host_of(origin) {
        _ if !request.is_for_web_pages() => "web pages may not call this endpoint".to_owned(),
        Some(_) => format!("its pages may not call the service without --allow-origin {origin}"),
        None => "its pages may not call the service".to_owned(),
    };
    let words = format_args!("{method} {path} from the origin {origin}: {why}");
    tracing::warn!(%method, path = %Shown(&path), origin = %Shown(origin), "{}", Shown(words));
}

/// Checks for origins such as `http://localhost:3000`, `https://127.0.0.1` and `http://app.localhost:5173`.
fn is_loopback_origin(origin: &str) -> bool {
    host_of(origin).is_some_and(|host| host.is_loopback())
}

/// Returns the host of an origin that is a web server.
fn host_of(origin: &str) -> Option<HostName> {
    origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://")).and_then(HostName::parse)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loopback_origin_is_http_or_https_on_a_loopback_host() {
        for (origin, expected) in [
            ("http://localhost:3000", true),
            ("https://localhost", true),
            ("http://127.0.0.1:5173", true),
            ("http://[::1]:80", true),
            ("http://app.localhost:3000", true),
            ("http://localhost.evil.example", false),
            ("https://evil.example", false),
            ("http://192.168.0.2:3000", false),
            ("null", false),
            ("file://localhost", false),
        ] {
            assert_eq!(is_loopback_origin(origin), expected, "{origin}");
        }
    }
}
