//! Exports and imports everything that the emulator holds.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::core::{Core, Refusal, Replaced, elsewhere, on_thread, read_state};
use crate::edge::backend::Backend;
use crate::edge::context::request::RequestContext;
use crate::edge::http::answer::Answer;
use crate::edge::http::error::{HttpError, HttpResult};
use crate::edge::http::path::query_parameter;
use crate::edge::http::pieces::Pieces;
use crate::store::{Caller, block_on, confirmation};

/// JSON, one object a line.
const LINES: &str = "application/x-ndjson";

/// Answers with the whole state. It contains keys. The store is read while the client takes the answer.
pub(super) async fn export(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let (core, caller) = (Arc::clone(&backend.core), request.caller.caller());
    let (sender, pieces) = Pieces::channel();
    let of_thread = Arc::clone(&core);
    let export = move || {
        let mut take = |piece: Vec<u8>| match sender.blocking_send(Ok(piece.into())) {
            Ok(()) => ControlFlow::Continue(()),
            // The client has gone.
            Err(_) => ControlFlow::Break(()),
        };
        if let Err(refusal) = block_on(of_thread.transfer.export(caller, &mut take)) {
            let _ = sender.blocking_send(Err(refusal.into()));
        }
    };
    let answer = match on_thread("export", export) {
        Ok(()) => Answer::pieces(LINES, Pieces::of(pieces).await?),
        // The system refuses another thread, so this one makes the whole answer.
        Err(_) => Answer::text(LINES, whole(&core, caller)?),
    };
    Ok(answer.with("cache-control", "no-store"))
}

fn whole(core: &Core, caller: Caller) -> HttpResult<Vec<u8>> {
    let mut content = Vec::new();
    let mut take = |piece: Vec<u8>| {
        content.extend_from_slice(&piece);
        ControlFlow::Continue(())
    };
    block_on(core.transfer.export(caller, &mut take))?;
    Ok(content)
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
    let faults = Arc::clone(&backend.faults);
    let content = Arc::new(request.body.shared());
    // The owners must follow the store even if the client disconnects meanwhile, so a task of its own does both.
    let imported = confirmation::in_task(async move {
        let read = elsewhere("import", &content, |content| read_state(content)).await;
        let file = read.ok_or_else(|| Refusal::Fault("the file was not read".to_owned()))?;
        let file = file.map_err(Refusal::StateFile)?;
        let imported = core.history.counting(Replaced::ByImport, core.transfer.import(caller, file, replace)).await;
        if imported.is_ok() {
            // The requests that wait are for the state before.
            faults.end_waiting();
        }
        imported
    });
    Answer::json(200, &imported.await.map_err(HttpError::fault)??)
}
