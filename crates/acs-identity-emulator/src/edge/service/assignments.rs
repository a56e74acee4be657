//! Assignments.

use acs_identity_protocol::models::TeamsExtensionAssignment;

use crate::edge::backend::Backend;
use crate::edge::context::json::{body, body_or_default, check_names_differ};
use crate::edge::context::request::RequestContext;
use crate::edge::http::answer::Answer;
use crate::edge::http::error::HttpResult;
use crate::edge::http::path::query_parameters;
use crate::edge::routes::route::PathValue;
use crate::store::Kind;

/// The parameter with the last object of the previous page.
const AFTER: &str = "after";

/// Returns the answer to a request that makes or replaces an assignment.
fn made((is_new, assignment): (bool, TeamsExtensionAssignment)) -> HttpResult<Answer> {
    Answer::json(if is_new { 201 } else { 200 }, &assignment)
}

fn tenant_and_object(request: &RequestContext) -> (&str, &str) {
    (request.value(PathValue::TenantId), request.value(PathValue::ObjectId))
}

pub(super) async fn get_teams_extension(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let (caller, (tenant, object)) = (request.caller.caller(), tenant_and_object(request));
    Answer::json(200, &backend.core.assignments.get(caller, Kind::TeamsExtension, Some(tenant), object).await?)
}

pub(super) async fn put_teams_extension(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let (caller, (tenant, object)) = (request.caller.caller(), tenant_and_object(request));
    let assignment = body_or_default(request)?;
    made(backend.core.assignments.assign_teams_extension(caller, tenant, object, assignment).await?)
}

pub(super) async fn delete_teams_extension(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let (caller, (tenant, object)) = (request.caller.caller(), tenant_and_object(request));
    backend.core.assignments.remove(caller, Kind::TeamsExtension, Some(tenant), object).await?;
    Ok(Answer::no_content())
}

pub(super) async fn get_entra(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let (caller, object) = (request.caller.caller(), request.value(PathValue::ObjectId));
    Answer::json(200, &backend.core.assignments.get(caller, Kind::Entra, None, object).await?)
}

pub(super) async fn put_entra(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let (caller, object) = (request.caller.caller(), request.value(PathValue::ObjectId));
    made(backend.core.assignments.assign_entra(caller, object, body_or_default(request)?).await?)
}

pub(super) async fn delete_entra(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let (caller, object) = (request.caller.caller(), request.value(PathValue::ObjectId));
    backend.core.assignments.remove(caller, Kind::Entra, None, object).await?;
    Ok(Answer::no_content())
}

pub(super) async fn patch_entra(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    check_names_differ(&request.body, "objectId")?;
    let made = backend.core.assignments.patch_entra(request.caller.caller(), body(request)?).await?;
    if made.value.is_empty() { Ok(Answer::no_content()) } else { Answer::json(200, &made) }
}

/// Answers with a page of assignments. It contains a link to the next page, which the SDKs follow.
pub(super) async fn list_entra(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let after = query_parameters(request.head.query(), AFTER).find(|after| !after.is_empty());
    let (mut page, last) = backend.core.assignments.list_entra(request.caller.caller(), after.as_deref()).await?;
    page.next_link = last.map(|last| {
        let (base, path, version) = (backend.base_of(request), request.head.path(), request.version.name);
        format!("{base}{path}?api-version={version}&{AFTER}={last}")
    });
    Answer::json(200, &page)
}
