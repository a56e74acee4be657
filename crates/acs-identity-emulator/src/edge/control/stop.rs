//! Ends the emulator, as SIGTERM does.

use serde_json::json;

use crate::core::Refusal;
use crate::edge::backend::Backend;
use crate::edge::context::request::RequestContext;
use crate::edge::http::answer::Answer;
use crate::edge::http::error::{HttpError, HttpResult};
use crate::store::confirmation;

/// Answers when the emulator has ended: requests that have begun have got their responses, and what it held is on the
/// disk.
pub(super) async fn stop(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    match backend.core.confirm_request().await {
        // Nothing newer is known. Whoever wants to end it must not have to wait for the database.
        Ok(()) | Err(Refusal::Store(_)) => {}
        Err(refusal) => return Err(refusal.into()),
    }
    confirmation::end();
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
