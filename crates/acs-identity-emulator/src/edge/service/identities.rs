//! Identities and their access tokens.

use acs_identity_protocol::time::parse_iso;
use serde::Deserialize;

use crate::edge::backend::Backend;
use crate::edge::context::json::body_or_default;
use crate::edge::context::request::RequestContext;
use crate::edge::http::answer::Answer;
use crate::edge::http::error::{HttpError, HttpResult};
use crate::edge::routes::route::PathValue;

/// The body of 2020-07-20-preview2's `PATCH /identities/{id}`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct UpdateIdentityRequest {
    /// Tokens that were issued before this time are revoked.
    #[serde(default)]
    tokens_valid_from: Option<String>,
}

pub(super) async fn create(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let identities = &backend.core.identities;
    let created = identities
        .create(request.caller.caller(), request.version, body_or_default(request)?, request.token_times())
        .await?;
    request.note_identity(&created);
    if request.version.legacy {
        return Answer::json(200, &created.identity);
    }
    Answer::json(201, &created)
}

pub(super) async fn get(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let identities = &backend.core.identities;
    Answer::json(200, &identities.get(request.caller.caller(), request.version, request.value(PathValue::Id)).await?)
}

pub(super) async fn delete(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    backend.core.identities.delete(request.caller.caller(), request.value(PathValue::Id)).await?;
    Ok(Answer::no_content())
}

/// Revokes tokens in the way of 2020-07-20-preview2.
pub(super) async fn update(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let update: UpdateIdentityRequest = body_or_default(request)?;
    if let Some(from) = update.tokens_valid_from {
        let from = parse_iso(&from).ok_or_else(|| {
            let message = "TokensValidFrom: The value is not a date and time in ISO 8601.";
            HttpError::binding(message, Some("TokensValidFrom"))
        })?;
        let id = request.value(PathValue::Id);
        backend.core.identities.revoke_before(request.caller.caller(), id, from).await?;
    }
    Ok(Answer::no_content())
}

pub(super) async fn issue(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let (identities, id) = (&backend.core.identities, request.value(PathValue::Id));
    let token = identities
        .issue(request.caller.caller(), request.version, id, body_or_default(request)?, request.token_times())
        .await?;
    Answer::json(200, &token)
}

/// Issues a token in the way of 2020-07-20-preview2.
pub(super) async fn issue_with_id(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let (identities, id) = (&backend.core.identities, request.value(PathValue::Id));
    let token = identities
        .issue(request.caller.caller(), request.version, id, body_or_default(request)?, request.token_times())
        .await?;
    let mut body = serde_json::to_value(&token).map_err(HttpError::fault)?;
    body["id"] = id.into();
    Answer::json(200, &body)
}

pub(super) async fn revoke(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    backend.core.identities.revoke(request.caller.caller(), request.value(PathValue::Id)).await?;
    Ok(Answer::no_content())
}
