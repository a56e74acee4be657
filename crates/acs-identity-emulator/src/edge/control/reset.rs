//! Deletes the identities and the assignments, the log of requests and the faults. The resource id, the keys, the
//! certificates and the clock stay.

use serde_json::json;

use crate::core::Replaced;
use crate::edge::backend::Backend;
use crate::edge::context::request::RequestContext;
use crate::edge::http::answer::Answer;
use crate::edge::http::error::HttpResult;

pub(super) async fn reset(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let core = &backend.core;
    // A request that waits must not be executed between the steps below.
    backend.faults.end_waiting();
    let cleared = core.history.counting(Replaced::ByReset, core.reset(request.caller.caller())).await?;
    backend.requests.clear();
    backend.faults.clear();
    Answer::json(200, &json!({"identities": cleared.identities, "assignments": cleared.assignments}))
}
