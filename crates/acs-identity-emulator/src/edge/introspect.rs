//! Introspection of access tokens (RFC 7662), for callers of the service, for applications with a client secret, and
//! for clients that have nothing but the token.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::backend::Backend;
use super::context::principal::Principal;
use super::context::request::RequestContext;
use super::http::answer::Answer;
use super::http::error::{Header, HttpError, HttpResult};
use super::http::path::{decode_segment, query_parameter};
use super::routes::route::{Callers, POST, WebPages};
use super::table::row::{Row, later};
use crate::core::Introspection;
use crate::store::Caller;

/// Methods, path, callers, whether web pages may call, handler.
pub(super) static ROUTES: &[Row] =
    &[Row::emulator(POST, "/introspect", Callers::Holders, WebPages::Allowed, later!(introspect)).named("introspect")];

/// In how many seconds a client without a credential may ask again.
const RETRY_AFTER: u64 = 1;

async fn introspect(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let missing = || HttpError::binding("The body must contain a token: token=…", Some("token"));
    let form = std::str::from_utf8(&request.body).map_err(|_| missing())?;
    let token = query_parameter(form, "token").ok_or_else(missing)?;
    let caller = match request.caller {
        Principal::Anyone => application(backend, request, form)?,
        _ => Some(request.caller.caller()),
    };
    if caller.is_none() && !backend.strangers.admits() {
        return Err(HttpError::throttled(RETRY_AFTER));
    }
    let result = backend.core.introspector.introspect(caller.unwrap_or(Caller::Entra), &token).await?;
    // RFC 7662, section 2.2: a client that anyone could be does not learn why a token is not active.
    Answer::secret(&if caller.is_some() { result } else { Introspection { reason: None, ..result } })
}

/// Returns the access key with whose client secret an application authenticates, in a header or in the form (RFC 6749,
/// section 2.3.1). Returns `None` if the request has no client credentials.
fn application(backend: &Backend, request: &RequestContext, form: &str) -> HttpResult<Option<Caller>> {
    let secret = match request.head.credentials("Basic") {
        Some(text) => Some(basic_secret(text).unwrap_or_default()),
        None => query_parameter(form, "client_secret"),
    };
    let Some(secret) = secret else { return Ok(None) };
    backend.core.access_keys.by_client_secret(&secret).map(Some).ok_or_else(|| {
        let error = HttpError::oauth(401, "invalid_client", "The client secret is not the one of the emulator.");
        HttpError { header: Some(Header::Authenticate("Basic realm=\"emulator\"")), ..error.noted() }
    })
}

/// Returns the secret in the credentials of the scheme Basic.
fn basic_secret(text: &str) -> Option<String> {
    let decoded = String::from_utf8(STANDARD.decode(text).ok()?).ok()?;
    decode_segment(decoded.split_once(':')?.1)
}
