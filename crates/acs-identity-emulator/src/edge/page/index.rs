//! What `/emulator/` shows: the page to browsers, and the index of the emulator's own endpoints to other clients.

use hyper::header::{ACCEPT, HeaderMap};
use serde_json::{Value, json};

use super::assets;
use crate::edge::backend::Backend;
use crate::edge::context::request::RequestContext;
use crate::edge::http::answer::Answer;
use crate::edge::http::error::HttpResult;
use crate::edge::routes::route::{Callers, Route, Side};

pub(super) fn show(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let answer = match accepts_html(&request.head.headers) {
        true => assets::page(request),
        false => index(backend, request)?,
    };
    Ok(answer.with("vary", "accept"))
}

/// Answers as [`show`] does, but sends browsers to the path with a slash, from which the page finds its files.
pub(super) fn show_or_redirect(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    match accepts_html(&request.head.headers) {
        // A relative URL is right behind a proxy, too.
        true => Ok(Answer::moved("emulator/").with("vary", "accept")),
        false => show(backend, request),
    }
}

/// Answers with the index: a list of the emulator's own endpoints, for which `controlEndpoint` is announced.
fn index(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let base = backend.base_of(request);
    let entry = |route: &Route| {
        let method = route.methods.first().map_or("", |method| method.as_str());
        json!({"method": method, "url": format!("{base}{}", route.path)})
    };
    let is_on = |route: &Route| route.callers != Callers::FrontEnd || backend.config.gives_tokens_to_pages();
    let own = backend.routes.iter().filter(|route| route.side == Side::Emulator && is_on(route));
    let endpoints: Vec<Value> = own.filter(|route| !is_alias(backend, route)).map(|route| entry(route)).collect();
    Answer::json(200, &json!({"version": env!("CARGO_PKG_VERSION"), "endpoints": endpoints}))
}

/// Returns whether the same path with a slash at its end is a route, too.
fn is_alias(backend: &Backend, route: &Route) -> bool {
    backend.routes.iter().any(|other| other.path.strip_suffix('/') == Some(route.path))
}

/// Returns whether the client names `text/html` as a type that it accepts, as browsers do. `*/*` is not enough, because
/// curl and most libraries send it.
fn accepts_html(headers: &HeaderMap) -> bool {
    let values = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let is_html = parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("text/html"));
        is_html && !parts.any(is_quality_zero)
    })
}

/// Returns whether a parameter of a type says that the type is not accepted: `q=0`, `q=0.0`.
fn is_quality_zero(parameter: &str) -> bool {
    let quality = parameter.split_once('=').filter(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
    quality.is_some_and(|(_, value)| value.trim().parse() == Ok(0.0_f32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_accept_html_and_other_clients_do_not() {
        for (accept, expected) in [
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true),
            ("application/json, Text/HTML ;q=0.5", true),
            ("text/html;level=1", true),
            ("text/html;q=0", false),
            ("text/html; Q = 0.00, */*", false),
            ("*/*", false),
            ("text/*", false),
            ("text/htmlx", false),
            ("application/json", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT, accept.parse().unwrap())]);
            assert_eq!(accepts_html(&headers), expected, "{accept}");
        }
        let mut headers = HeaderMap::from_iter([(ACCEPT, "image/png".parse().unwrap())]);
        headers.append(ACCEPT, "text/html".parse().unwrap());
        assert!(accepts_html(&headers) && !accepts_html(&HeaderMap::new()));
    }
}
