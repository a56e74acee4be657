//! Answers what the emulator is, and what it holds.

use acs_identity_protocol::time::seven_decimals;
use serde_json::json;

use super::clock;
use super::version::CONTROL_VERSION;
use crate::config::Storage;
use crate::core::Replaced;
use crate::edge::backend::Backend;
use crate::edge::context::request::RequestContext;
use crate::edge::http::answer::Answer;
use crate::edge::http::error::HttpResult;
use crate::edge::routes::route::Route;

pub(super) async fn show(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let core = &backend.core;
    // What it holds can be read even if it cannot store anything.
    let reason = core.trouble();
    let storage = match backend.config.storage {
        Storage::Folder(_) => "folder",
        Storage::Memory => "memory",
        #[cfg(feature = "postgres")]
        Storage::Postgres(_) => "postgres",
    };
    let body = json!({
        "status": if reason.is_none() { "ok" } else { "unavailable" },
        "reason": reason,
        "version": env!("CARGO_PKG_VERSION"),
        "controlVersion": CONTROL_VERSION,
        "resourceId": *core.resource.id(),
        "startedAt": seven_decimals(backend.started_at),
        "endpoint": backend.base_of(request),
        "storage": storage,
        "tokenEndpoint": backend.token_endpoint(),
        "identities": core.identities.count(request.caller.caller()).await?,
        "requests": backend.requests.len(),
        "faults": backend.faults.len(),
        "clock": clock::document(core.service_time.read()),
        "answered": answered(backend),
        "changes": changes(backend),
        "keepsRequests": backend.config.keep_requests,
        "history": {
            "resets": core.history.count(Replaced::ByReset),
            "imports": core.history.count(Replaced::ByImport),
            "regenerations": core.history.count(Replaced::Key),
        },
    });
    Answer::json(200, &body)
}

/// Returns how many requests were answered since the start, except for those that steer and watch the emulator.
fn answered(backend: &Backend) -> u64 {
    let steers = |name: &str| backend.routes.iter().any(|route| route.operation == name && route.is_for_steering());
    backend.metrics.answered(|operation| !steers(operation))
}

/// Returns how many requests of the control API have changed something since the start, or were refused that.
fn changes(backend: &Backend) -> u64 {
    let is_change = |route: &Route| route.is_for_steering() && !route.only_looks();
    backend.metrics.answered(|name| backend.routes.iter().any(|route| route.operation == name && is_change(route)))
}
