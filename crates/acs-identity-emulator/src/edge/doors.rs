//! Who may ask from where: endpoints without a credential answer this machine only, and browsers only pages that are allowed.

use hyper::header::{HeaderMap, HeaderName, HeaderValue};

use super::Edge;
use super::context::RequestContext;
use super::entra::oauth_error;
use super::host::HostName;
use super::responses::Answer;

impl Edge {
    /// Refuses a peer of another machine, also behind a proxy on this one, and a page that had its own name lead to this one (DNS rebinding).
    pub(super) fn check_this_machine(&self, request: &RequestContext) -> Result<(), Answer> {
        let why = if !request.connection.is_local() {
            "This endpoint gives tokens without a credential, so it answers clients on the emulator's own machine only."
        } else if request.head.came_through_a_proxy() {
            "This endpoint gives tokens without a credential, so it answers no request that came through a proxy (Forwarded, \
             Via, X-Forwarded-For, X-Real-IP): whoever sent it may be on another machine."
        } else if is_sent_by_a_page(&request.head.headers) {
            "This endpoint gives tokens without a credential, so it answers no web page (Origin, Sec-Fetch-Site)."
        } else if !request.host.as_ref().is_some_and(|host| self.names.has(host)) {
            "This endpoint gives tokens without a credential, so it answers only where the Host header is a loopback name, \
             an address, or a name that --hostname gives."
        } else {
            return Ok(());
        };
        let path = request.head.path();
        crate::log::warn(&format!("403 {} {path} from {}: {why}", request.head.method, request.peer));
        Err(oauth_error(403, "access_denied", why))
    }

    /// The page that asks, where it may: its origin is on this machine, or was allowed.
    pub(super) fn allowed_origin<'a>(&self, request: &'a RequestContext) -> Option<&'a HeaderValue> {
        let origin = request.head.headers.get("origin").filter(|_| request.route.is_for_browsers())?;
        let text = origin.to_str().ok()?;
        let allowed = self.config.cors_origins.iter().map(|allowed| allowed.trim_end_matches('/'));
        (is_loopback_origin(text) || allowed.into_iter().any(|allowed| allowed.eq_ignore_ascii_case(text)))
            .then_some(origin)
    }

    /// Adds the headers of CORS.
    pub(super) fn share(&self, request: &RequestContext, headers: &mut HeaderMap) {
        if !request.head.headers.contains_key("origin") {
            return;
        }
        let mut set = |name: &'static str, value: HeaderValue| {
            headers.insert(HeaderName::from_static(name), value);
        };
        set("vary", HeaderValue::from_static("origin"));
        let Some(origin) = self.allowed_origin(request) else { return log_refused(request) };
        set("access-control-allow-origin", origin.clone());
        set("access-control-allow-headers", HeaderValue::from_static("*, authorization"));
        set("access-control-expose-headers", HeaderValue::from_static("*"));
    }
}

/// Whether a page in a browser asks, and not somebody who has typed the address. A page cannot read the answer, but what it asks for
/// would be done.
fn is_sent_by_a_page(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    headers.contains_key("origin") || site.is_some_and(|site| !matches!(site, b"none" | b"same-origin"))
}

/// The browser tells its page nothing about this.
fn log_refused(request: &RequestContext) {
    let origin = request.head.header("origin").unwrap_or_default();
    let (method, path) = (&request.head.method, request.head.path());
    let why = match host_of(origin) {
        _ if !request.route.is_for_browsers() => "no web page may call this endpoint".to_owned(),
        Some(_) => format!("its pages may not call the service without --allow-origin {origin}"),
        None => "its pages may not call the service".to_owned(),
    };
    crate::log::warn(&format!("{method} {path} from the origin {origin}: {why}"));
}

/// `http://localhost:3000`, `https://127.0.0.1`, `http://app.localhost:5173`.
fn is_loopback_origin(origin: &str) -> bool {
    host_of(origin).is_some_and(|host| host.is_loopback())
}

/// The host of an origin that is a web server.
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
