//! Shows and changes the clock of the service.

use acs_identity_protocol::duration::parse_duration_with_unit;
use acs_identity_protocol::time::{parse_iso, seven_decimals};
use serde::Deserialize;
use serde_json::{Value, json};
use time::Duration;

use crate::core::{ClockChange, ClockReading};
use crate::edge::backend::Backend;
use crate::edge::context::json::body_with;
use crate::edge::context::members::{Kind, Member};
use crate::edge::context::request::RequestContext;
use crate::edge::http::answer::Answer;
use crate::edge::http::error::{HttpError, HttpResult};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetRequest {
    now: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AdvanceRequest {
    by: String,
}

pub(super) fn show(backend: &Backend, _request: &RequestContext) -> HttpResult<Answer> {
    answer(backend.core.service_time.read())
}

pub(super) async fn set(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let wanted: SetRequest = body_with(request, &[Member::new("now", Kind::Text).required()])?;
    let now = parse_iso(&wanted.now).ok_or_else(|| {
        HttpError::validation("'now' must be a time of RFC 3339, for example 2030-01-31T09:00:00Z.", "now")
    })?;
    change(backend, request, ClockChange::Set(now)).await
}

pub(super) async fn advance(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let wanted: AdvanceRequest = body_with(request, &[Member::new("by", Kind::Text).required()])?;
    let by = parse_duration_with_unit(&wanted.by).ok_or_else(|| {
        HttpError::validation("'by' must be a duration with a unit, for example 2h, -1d or PT90M.", "by")
    })?;
    change(backend, request, ClockChange::Advance(Duration::seconds(by))).await
}

pub(super) async fn freeze(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    change(backend, request, ClockChange::Freeze).await
}

pub(super) async fn resume(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    change(backend, request, ClockChange::Resume).await
}

pub(super) async fn reset(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    change(backend, request, ClockChange::Reset).await
}

async fn change(backend: &Backend, request: &RequestContext, change: ClockChange) -> HttpResult<Answer> {
    answer(backend.core.service_time.change(request.caller.caller(), change).await?)
}

fn answer(reading: ClockReading) -> HttpResult<Answer> {
    Answer::json(200, &document(reading))
}

/// Returns what the clock shows, as JSON.
pub(super) fn document(reading: ClockReading) -> Value {
    // The nearest whole second.
    let offset = (reading.now - reading.machine).whole_milliseconds();
    json!({
        "now": seven_decimals(reading.now),
        "frozen": reading.is_frozen,
        "offsetSeconds": i64::try_from((offset + 500).div_euclid(1000)).unwrap_or(i64::MAX),
        "machine": seven_decimals(reading.machine),
    })
}
