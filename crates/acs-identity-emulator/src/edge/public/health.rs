//! Reports whether the emulator is alive and ready.

use acs_identity_protocol::time::whole_seconds;
use serde_json::json;

use crate::edge::backend::Backend;
use crate::edge::context::request::RequestContext;
use crate::edge::http::answer::Answer;
use crate::edge::http::error::HttpResult;

pub(super) async fn health(backend: &Backend, _: &RequestContext) -> HttpResult<Answer> {
    backend.core.check_ready().await?;
    let body = json!({
        "status": "ok",
        "version": env!("CARGO_PKG_VERSION"),
        "resourceId": *backend.core.resource.id(),
        "certificateNotAfter": whole_seconds(backend.pki.not_after()),
    });
    Answer::json(200, &body)
}

pub(super) fn live(_: &Backend, _: &RequestContext) -> HttpResult<Answer> {
    Answer::json(200, &json!({"status": "ok"}))
}

pub(super) async fn ready(backend: &Backend, _: &RequestContext) -> HttpResult<Answer> {
    backend.core.check_ready().await?;
    Answer::json(200, &json!({"status": "ok", "resourceId": *backend.core.resource.id()}))
}
