//! The metadata and the keys with which clients verify access tokens (RFC 8414, RFC 7517).

use serde_json::json;

use crate::edge::backend::Backend;
use crate::edge::context::request::RequestContext;
use crate::edge::http::answer::Answer;
use crate::edge::http::error::HttpResult;

pub(super) fn metadata(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let base = backend.base_of(request);
    let body = json!({
        "issuer": base,
        "jwks_uri": format!("{base}/.well-known/jwks.json"),
        "introspection_endpoint": format!("{base}/introspect"),
        "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "id_token_signing_alg_values_supported": ["RS256"],
    });
    Answer::json(200, &body)
}

pub(super) async fn keys(backend: &Backend, _: &RequestContext) -> HttpResult<Answer> {
    Answer::json(200, &backend.core.signer.token_jwks().await?)
}
