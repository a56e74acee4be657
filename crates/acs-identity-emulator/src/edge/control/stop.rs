//! Ends the emulator, as SIGTERM does.

use serde_json::json;

use crate::edge::backend::Backend;
use crate::edge::context::request::RequestContext;
use crate::edge::http::answer::Answer;
use crate::edge::http::error::HttpResult;

/// Answers before the end: requests that have begun get their responses.
pub(super) fn stop(backend: &Backend, _: &RequestContext) -> HttpResult<Answer> {
    tracing::info!("the emulator stops, because a client of the control API has asked for it");
    backend.stop.notify_one();
    Answer::json(202, &json!({}))
}
