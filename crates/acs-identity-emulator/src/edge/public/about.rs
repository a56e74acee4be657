//! The OpenAPI document, the index of the emulator's own endpoints, and the certificate of its authority.

use acs_identity_protocol::api_version::ApiVersion;
use serde_json::{Value, json};

use crate::edge::backend::Backend;
use crate::edge::context::request::RequestContext;
use crate::edge::http::answer::Answer;
use crate::edge::http::error::HttpResult;
use crate::edge::routes::route::{Callers, Route, Side};
use crate::edge::{api_version, openapi};

pub(super) fn description(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let version = match request.head.query() {
        "" => ApiVersion::newest(),
        _ => api_version::of_query(backend, request)?,
    };
    Ok(Answer::json_text(openapi::described(&backend.routes, version)?))
}

/// Answers with the index: a list of the emulator's own endpoints, for which `controlEndpoint` is announced.
pub(super) fn index(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let base = backend.base_of(request);
    let entry = |route: &Route| {
        let method = route.methods.first().map_or("", |method| method.as_str());
        json!({"method": method, "url": format!("{base}{}", route.path)})
    };
    let is_on = |route: &Route| route.callers != Callers::FrontEnd || backend.config.token_endpoint;
    let own = backend.routes.iter().filter(|route| route.side == Side::Emulator && is_on(route));
    let endpoints: Vec<Value> = own.filter(|route| !is_alias(backend, route)).map(|route| entry(route)).collect();
    Answer::json(200, &json!({"version": env!("CARGO_PKG_VERSION"), "endpoints": endpoints}))
}

/// Returns whether the same path with a slash at its end is a route, too.
fn is_alias(backend: &Backend, route: &Route) -> bool {
    backend.routes.iter().any(|other| other.path.strip_suffix('/') == Some(route.path))
}

pub(super) fn ca_certificate(backend: &Backend, _: &RequestContext) -> HttpResult<Answer> {
    Ok(Answer::text("application/x-pem-file", backend.pki.ca_certificate()))
}
