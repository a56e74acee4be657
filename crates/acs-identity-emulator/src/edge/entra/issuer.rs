//! The OpenID metadata of the issuer, and its keys.

use serde_json::json;

use crate::edge::backend::Backend;
use crate::edge::context::request::RequestContext;
use crate::edge::http::answer::Answer;
use crate::edge::http::error::HttpResult;
use crate::edge::routes::route::PathValue;

pub(super) async fn keys(backend: &Backend, _: &RequestContext) -> HttpResult<Answer> {
    Answer::json(200, &backend.core.signer.issuer_jwks().await?)
}

pub(super) fn metadata(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let (base, tenant) = (backend.base_of(request), request.value(PathValue::Tenant));
    let body = json!({
        "issuer": format!("{base}/{tenant}/v2.0"),
        "authorization_endpoint": format!("{base}/{tenant}/oauth2/v2.0/authorize"),
        "token_endpoint": format!("{base}/{tenant}/oauth2/v2.0/token"),
        "device_authorization_endpoint": format!("{base}/{tenant}/oauth2/v2.0/devicecode"),
        "jwks_uri": format!("{base}/{tenant}/discovery/v2.0/keys"),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token"],
        "subject_types_supported": ["pairwise"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
    });
    Answer::json(200, &body)
}
