//! The OpenAPI document, and the certificate of the emulator's authority.

use acs_identity_protocol::api_version::ApiVersion;

use crate::edge::backend::Backend;
use crate::edge::context::request::RequestContext;
use crate::edge::http::answer::Answer;
use crate::edge::http::error::HttpResult;
use crate::edge::{api_version, openapi};

pub(super) fn description(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let version = match request.head.query() {
        "" => ApiVersion::newest(),
        _ => api_version::of_query(backend, request)?,
    };
    Ok(Answer::json_text(openapi::described(&backend.routes, version)?))
}

pub(super) fn ca_certificate(backend: &Backend, _: &RequestContext) -> HttpResult<Answer> {
    Ok(Answer::text("application/x-pem-file", backend.pki.ca_certificate()))
}
