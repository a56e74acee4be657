//! The endpoints of managed identities.

use serde_json::json;

use crate::clock::machine;
use crate::core::DEFAULT_TENANT;
use crate::edge::backend::Backend;
use crate::edge::context::request::RequestContext;
use crate::edge::http::answer::Answer;
use crate::edge::http::error::{HttpError, HttpResult};
use crate::edge::http::path::query_parameter;
use crate::store::Caller;

/// The client id of the managed identity if the request names none.
const MANAGED_IDENTITY: &str = "00000000-0000-0000-0000-000000000001";

/// The longest name of an audience or a client, in bytes. The token holds both.
pub(super) const MAX_NAME: usize = 2048;

/// Answers for the endpoint of App Service (`IDENTITY_ENDPOINT`).
pub(super) async fn of_app_service(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let secret = request.head.header("x-identity-header");
    let Some(key) = secret.and_then(|secret| backend.core.access_keys.by_identity_header(secret)) else {
        let description = "X-IDENTITY-HEADER is not the value of IDENTITY_HEADER.";
        return Err(HttpError::oauth(401, "unauthorized", description));
    };
    issue(backend, request, key).await
}

/// Answers for the endpoint of virtual machines (IMDS).
pub(super) async fn of_machine(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    if !request.head.header("metadata").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        return Err(HttpError::oauth(400, "invalid_request", "Required metadata header not specified"));
    }
    issue(backend, request, Caller::Entra).await
}

/// Issues a token. Both endpoints write all numbers as strings, and the SDK for Rust requires it. The times beside the
/// token say for how long the client may keep it. The client compares them with its own clock.
async fn issue(backend: &Backend, request: &RequestContext, by: Caller) -> HttpResult<Answer> {
    let query = request.head.query();
    let Some(resource) = query_parameter(query, "resource").filter(|resource| !resource.is_empty()) else {
        return Err(HttpError::oauth(400, "invalid_resource", "The query must name a 'resource'."));
    };
    let named = ["client_id", "object_id", "principal_id", "mi_res_id"];
    let client = named.iter().find_map(|name| query_parameter(query, name));
    let client = client.as_deref().unwrap_or(MANAGED_IDENTITY);
    if resource.len().max(client.len()) > MAX_NAME {
        let description = format!("The resource or the client id is longer than {MAX_NAME} bytes.");
        return Err(HttpError::oauth(400, "invalid_resource", description));
    }
    let (issuer, base) = (&backend.core.entra_issuer, backend.base_of(request));
    let grant = issuer.issue_application_token(&base, DEFAULT_TENANT, client, &resource, by).await?;
    let now = machine::now().unix_timestamp();
    Answer::secret(&json!({
        "access_token": grant.access_token,
        "client_id": client,
        "expires_in": grant.expires_in.to_string(),
        "expires_on": (now + grant.expires_in).to_string(),
        "not_before": now.to_string(),
        "resource": resource,
        "token_type": grant.token_type,
    }))
}
