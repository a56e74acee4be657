//! Introspection of access tokens (RFC 7662).

use super::backend::Backend;
use super::context::request::RequestContext;
use super::http::answer::Answer;
use super::http::error::{HttpError, HttpResult};
use super::http::path::query_parameter;
use super::routes::route::{Callers, POST, WebPages};
use super::table::row::{Row, later};

/// Methods, path, callers, whether web pages may call, handler.
pub(super) static ROUTES: &[Row] =
    &[Row::emulator(POST, "/introspect", Callers::Management, WebPages::Allowed, later!(introspect))];

async fn introspect(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let missing = || HttpError::binding("The body must contain a token: token=…", Some("token"));
    let form = std::str::from_utf8(&request.body).map_err(|_| missing())?;
    let token = query_parameter(form, "token").ok_or_else(missing)?;
    Answer::secret(&backend.core.introspector.introspect(request.caller.caller(), &token).await?)
}
