//! Access tokens for web pages in development, without a credential (`--token-endpoint`).

use acs_identity_protocol::scope::TokenScope;
use serde_json::json;

use crate::edge::backend::Backend;
use crate::edge::context::request::RequestContext;
use crate::edge::http::answer::Answer;
use crate::edge::http::error::{HttpError, HttpResult};
use crate::edge::http::path::query_parameter;

/// The scopes of a token if the query names none.
const USUAL_SCOPES: &str = "chat,voip";

pub(super) async fn issue(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    if !backend.config.token_endpoint {
        let message = "The token endpoint is off. Start the emulator with --token-endpoint.";
        return Err(HttpError::new(404, "NotFound", message));
    }
    let query = request.head.query();
    let user = query_parameter(query, "user").filter(|user| !user.is_empty()).ok_or_else(|| {
        HttpError::validation("The query must name a user: /emulator/token?user=NAME&scope=chat,voip", "user")
    })?;
    let scopes = query_parameter(query, "scope");
    let scopes = scopes.as_deref().unwrap_or(USUAL_SCOPES).split(',').map(TokenScope::from).collect();
    let issued = backend.core.issue_for_front_end(user, scopes, request.token_times()).await?;
    request.note_identity(&issued);
    let mut body = serde_json::to_value(&issued.access_token).map_err(HttpError::fault)?;
    body["user"] = json!({"id": issued.identity.and_then(|identity| identity.id)});
    Answer::secret(&body)
}
