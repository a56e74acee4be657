//! Ends the emulator, as SIGTERM does.

use serde_json::json;

use crate::edge::backend::Backend;
use crate::edge::context::request::RequestContext;
use crate::edge::http::answer::Answer;
use crate::edge::http::error::{HttpError, HttpResult};

/// Answers when the emulator has ended: requests that have begun have got their responses, and what it held is on the
/// disk.
pub(super) async fn stop(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    backend.core.confirm_request().await?;
    tracing::info!("the emulator stops, because a client of the control API has asked for it");
    request.connection.wait_for_the_end();
    match backend.ending.ask().await {
        Ok(()) => Answer::json(200, &json!({})),
        Err(why) => {
            let message = format!("The emulator has ended, but the export at its end has failed. {why}");
            Err(HttpError::new(500, "ExportFailed", message))
        }
    }
}
