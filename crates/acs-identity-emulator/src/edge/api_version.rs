//! The api-version of a request.

use acs_identity_protocol::api_version::ApiVersion;
use acs_identity_protocol::error::codes;

use super::backend::Backend;
use super::context::request::RequestContext;
use super::http::error::{HttpError, HttpResult};
use super::http::path::query_parameters;
use crate::log::Shown;

/// Returns the api-version in the query. A version that is newer than all known ones is served as the newest.
pub(crate) fn of_query(backend: &Backend, request: &RequestContext) -> HttpResult<&'static ApiVersion> {
    let mut names = query_parameters(request.head.query(), "api-version").filter(|name| !name.is_empty());
    let Some(name) = names.next() else {
        let message = "An API version is required, but was not specified.";
        return Err(HttpError::of_operation(400, "ApiVersionUnspecified", message));
    };
    if let Some(other) = names.find(|other| !other.eq_ignore_ascii_case(&name)) {
        let message = format!(
            "The following API versions were requested: {name}, {other}. At most, only a single API version may be \
             specified. Please update the intended API version and retry the request."
        );
        return Err(HttpError::of_operation(400, "AmbiguousApiVersion", message));
    }
    if let Some(version) = ApiVersion::find(&name) {
        return Ok(version);
    }
    if backend.config.strict_api_version || !ApiVersion::is_newer_than_known(&name) {
        return Err(unsupported(backend, request, &name));
    }
    let newest = ApiVersion::newest();
    let name = backend.core.secrets.without_any(&name);
    let words = format_args!("api-version '{name}' is unknown; it is served as {}", newest.name);
    tracing::warn!(requested = %Shown(&name), served = newest.name, "{}", Shown(words));
    Ok(newest)
}

/// Returns the error for a version that does not have the resource, or does not exist.
pub(crate) fn unsupported(backend: &Backend, request: &RequestContext, name: &str) -> HttpError {
    let uri = format!("{}{}", backend.base_of(request), request.head.path());
    let message =
        format!("The HTTP resource that matches the request URI '{uri}' does not support the API version '{name}'.");
    HttpError::of_operation(400, codes::UNSUPPORTED_API_VERSION, message)
}
