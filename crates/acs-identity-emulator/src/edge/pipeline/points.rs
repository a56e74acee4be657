//! The points of the pipeline at which faults are injected: before authentication, before the operation, and after it.

use std::sync::Arc;
use std::time::Duration;

use acs_identity_protocol::models::CreateIdentityRequest;
use acs_identity_protocol::time::http_date;

use super::throttle::asks_for_token;
use crate::clock::machine;
use crate::core::Refused;
use crate::edge::backend::Backend;
use crate::edge::context::json::parse;
use crate::edge::context::request::RequestContext;
use crate::edge::http::answer::Answer;
use crate::edge::http::error::HttpError;
use crate::edge::http::path::query_parameter;
use crate::edge::routes::route::{Callers, PathValue};
use crate::faults::{Asked, DropAt, Fault, Hold, Phase};
use crate::log::Shown;

/// The request leaves the pipeline early.
pub(super) enum Stop {
    Answer(Answer),
    /// The request is refused.
    Refused(HttpError),
    Drop,
    /// The fault that lets it wait was removed. It ends without a response, as if it had not come.
    Forget,
}

impl From<Answer> for Stop {
    fn from(answer: Answer) -> Self {
        Self::Answer(answer)
    }
}

/// Lets a request go on, unless a rule answers it or ends its connection. It may have to wait.
pub(super) async fn before(backend: &Backend, phase: Phase, request: &mut RequestContext) -> Result<(), Stop> {
    if !backend.faults.any() || request.fault.is_some() || request.route.is_some_and(|route| route.is_for_steering()) {
        return Ok(());
    }
    let hit = hit(backend, phase, request).await.map_err(|refusal| Stop::Refused(refusal.into()))?;
    let Some((fault, hold)) = hit else { return Ok(()) };
    request.fault = Some(Arc::clone(&fault));
    log(backend, &fault, request);
    let rule = &fault.rule;
    if let Some(delay) = rule.delay_milliseconds {
        hold.wait(Duration::from_millis(delay)).await.map_err(|_| Stop::Forget)?;
    }
    if let Some(status) = rule.status {
        let usual = "The emulator was told to answer with this error.";
        let message = rule.message.as_deref().unwrap_or(usual);
        let answer = Answer::injected(status, rule.error_code(), message, fault.id);
        return Err(Stop::Answer(match rule.retry_after {
            Some(seconds) => answer.with("retry-after", seconds.to_string()),
            None => answer,
        }));
    }
    if rule.drop == Some(DropAt::Before) { Err(Stop::Drop) } else { Ok(()) }
}

/// Returns the answer of an operation, unless a rule ends the connection.
pub(super) fn after(request: &RequestContext, answer: Answer) -> Result<Answer, Stop> {
    let Some(fault) = &request.fault else { return Ok(answer) };
    if fault.rule.drop == Some(DropAt::After) {
        return Err(Stop::Drop);
    }
    Ok(Answer { truncate_at: fault.rule.truncate_body_at.and_then(|at| usize::try_from(at).ok()), ..answer })
}

/// Gives an answer the date of a clock that is wrong, if a rule says so.
pub(super) fn dated(request: &RequestContext, answer: Answer) -> Answer {
    match request.fault.as_ref().and_then(|fault| fault.rule.shift_seconds) {
        Some(seconds) => {
            let now = machine::now();
            answer.with("date", http_date(now.saturating_add(time::Duration::seconds(seconds))))
        }
        None => answer,
    }
}

fn log(backend: &Backend, fault: &Fault, request: &RequestContext) {
    let id = fault.id;
    let (method, path) = backend.core.secrets.now().without_any_in(&request.head.method, request.head.path());
    let words = format_args!("fault {id} hits {method} {path}");
    tracing::info!(fault = id, %method, path = %Shown(&path), "{}", Shown(words));
}

/// Returns the first rule that hits a request, and what the request needs to wait. The hit is counted.
async fn hit(backend: &Backend, phase: Phase, request: &RequestContext) -> Refused<Option<(Arc<Fault>, Hold)>> {
    let mut asked = Asked {
        operation: request.operation(),
        method: request.head.method.as_str(),
        path: request.head.path(),
        identity: request.value(PathValue::Id),
        custom_id: None,
        asks_for_token: &|| asks_for_token(&request.body),
        now: backend.config.clock.now(),
    };
    // The store is read only if a rule compares the custom id.
    if backend.faults.needs_custom_id(phase, &asked) {
        asked.custom_id = custom_id(backend, request).await;
    }
    backend.fault_that_hits(phase, &asked).await
}

/// Returns the custom id of the identity that a request is about: of the one in the path, in the body, or in the query.
async fn custom_id(backend: &Backend, request: &RequestContext) -> Option<String> {
    if request.callers() == Callers::FrontEnd {
        return query_parameter(request.head.query(), "user");
    }
    match request.value(PathValue::Id) {
        "" => parse::<CreateIdentityRequest>(&request.body).ok()??.custom_id,
        id => backend.core.identities.custom_id(id).await,
    }
}
