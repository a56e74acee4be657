//! Exchanges of Entra tokens.

use acs_identity_protocol::api_version::TeamsUserBody;

use crate::core::Refusal;
use crate::edge::backend::Backend;
use crate::edge::context::json::body_or_default;
use crate::edge::context::request::RequestContext;
use crate::edge::http::answer::Answer;
use crate::edge::http::error::{BodyForm, HttpError, HttpResult};

pub(super) async fn teams_user(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let body = request.version.teams_user.ok_or_else(|| HttpError::fault("no teamsUser in this version"))?;
    let exchanges = &backend.core.exchanges;
    match exchanges.teams_user(request.caller.caller(), body, body_or_default(request)?, request.token_times()).await {
        Ok(token) => Answer::json(200, &token),
        Err(refusal @ Refusal::TokenToExchange(_)) if body == TeamsUserBody::TokenWithoutErrorBody => {
            Err(HttpError { form: BodyForm::Empty, ..refusal.into() })
        }
        Err(refusal) => Err(refusal.into()),
    }
}

pub(super) async fn teams_extension_user(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let made = backend.core.exchanges.teams_extension_user(token_of(request)?, request.token_times()).await?;
    request.note_identity(&made);
    Answer::json(200, &made)
}

pub(super) async fn entra_user(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let made = backend.core.exchanges.entra_user(token_of(request)?, request.token_times()).await?;
    request.note_identity(&made);
    Answer::json(200, &made)
}

/// Returns the token to exchange, which is also the credential of the request.
fn token_of(request: &RequestContext) -> HttpResult<&str> {
    request.head.credentials("Bearer").ok_or_else(HttpError::invalid_access_token)
}
