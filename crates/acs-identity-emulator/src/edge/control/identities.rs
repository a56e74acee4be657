//! Lists, shows, creates and deletes identities, and lists the assignments of one.

use acs_identity_protocol::raw_id::encode_path_segment;
use serde::Deserialize;
use serde_json::json;

use crate::core::{MAX_PAGE, is_cursor};
use crate::edge::backend::Backend;
use crate::edge::context::json::body_with;
use crate::edge::context::members::{Kind, Member};
use crate::edge::context::request::RequestContext;
use crate::edge::http::answer::Answer;
use crate::edge::http::error::{HttpError, HttpResult};
use crate::edge::http::path::query_parameter;
use crate::edge::routes::route::PathValue;

/// The number of identities of a page if the request does not say it.
const PAGE: usize = 100;

/// The body of a request that creates an identity.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CreateRequest {
    #[serde(default)]
    custom_id: Option<String>,
}

const CUSTOM_ID: Member = Member::new("customId", Kind::Text).or_null();

/// Answers with a page of the identities that match a filter, and with a link to the next page.
pub(super) async fn list(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let query = request.head.query();
    let given = |name| query_parameter(query, name);
    let filter = given("filter");
    let top = match given("top") {
        None => PAGE,
        Some(text) => text.parse().ok().filter(|top| (1..=MAX_PAGE).contains(top)).ok_or_else(|| {
            HttpError::validation(format!("top must be a number from 1 to {MAX_PAGE}, but it is '{text}'."), "top")
        })?,
    };
    let after = given("after");
    if after.as_deref().is_some_and(|after| !is_cursor(after)) {
        return Err(HttpError::validation("after must be taken from a nextLink.", "after"));
    }
    let caller = request.caller.caller();
    let page = backend.core.directory.list(caller, filter.as_deref(), after.as_deref(), top).await?;
    let mut body = json!({"value": page.identities});
    if let Some(next) = page.next {
        let filter = filter.map(|filter| format!("filter={}&", encode_path_segment(&filter))).unwrap_or_default();
        let (base, path) = (backend.base_of(request), request.head.path());
        body["nextLink"] = format!("{base}{path}?{filter}top={top}&after={next}").into();
    }
    Answer::json(200, &body)
}

/// Answers with the identity of a raw id or custom id.
pub(super) async fn show(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    Answer::json(200, &backend.core.directory.show(request.caller.caller(), request.value(PathValue::Id)).await?)
}

/// Creates an identity, or finds the existing one with the custom id. Answers with everything about it.
pub(super) async fn create(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let wanted: CreateRequest =
        if request.body.is_empty() { CreateRequest::default() } else { body_with(request, &[CUSTOM_ID])? };
    let (core, caller) = (&backend.core, request.caller.caller());
    let (id, is_new) = core.identities.create_or_find(caller, wanted.custom_id).await?;
    let shown = core.directory.show(caller, &id).await?;
    request.note_made(id);
    Answer::json(if is_new { 201 } else { 200 }, &shown)
}

/// Deletes an identity. Its tokens are revoked.
pub(super) async fn delete(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let (core, caller) = (&backend.core, request.caller.caller());
    let id = core.directory.existing(caller, request.value(PathValue::Id)).await?;
    core.identities.delete(caller, &id).await?;
    Ok(Answer::no_content())
}

/// Answers with the assignments of an identity.
pub(super) async fn assignments(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let value = backend.core.directory.assignments(request.caller.caller(), request.value(PathValue::Id)).await?;
    Answer::json(200, &json!({"value": value}))
}
