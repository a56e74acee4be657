//! Exports and imports everything that the emulator holds.

use std::sync::Arc;

use crate::core::{Core, Refusal, elsewhere, read_state};
use crate::edge::backend::Backend;
use crate::edge::context::request::RequestContext;
use crate::edge::http::answer::Answer;
use crate::edge::http::error::{HttpError, HttpResult};
use crate::edge::http::path::query_parameter;
use crate::store::Caller;

/// JSON, one object a line.
const LINES: &str = "application/x-ndjson";

/// Answers with the whole state. It contains keys.
pub(super) async fn export(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let input = Arc::new((Arc::clone(&backend.core), request.caller.caller()));
    let export = |input: &(Arc<Core>, Caller)| input.0.transfer.export(input.1);
    let content = elsewhere("export", &input, export).await.ok_or_else(|| HttpError::fault("no export"))??;
    Ok(Answer::text(LINES, content).with("cache-control", "no-store"))
}

/// Replaces the whole state by the one in the body.
pub(super) async fn import(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let replace = match query_parameter(request.head.query(), "replace").as_deref() {
        None | Some("false") => false,
        Some("true") => true,
        Some(other) => {
            let message = format!("replace must be true or false, but it is '{other}'.");
            return Err(HttpError::validation(message, "replace"));
        }
    };
    let (core, caller) = (Arc::clone(&backend.core), request.caller.caller());
    let content = Arc::new(request.body.to_vec());
    // The owners must follow the store even if the client disconnects meanwhile, so a task of its own does both.
    let task = tokio::spawn(async move {
        let read = elsewhere("import", &content, |content| read_state(content)).await;
        let file = read.ok_or_else(|| Refusal::Fault("the file was not read".to_owned()))?;
        core.transfer.import(caller, &file.map_err(Refusal::StateFile)?, replace).await
    });
    Answer::json(200, &task.await.map_err(HttpError::fault)??)
}
