//! The version of the control API. It is independent of the api-versions of the service.

use crate::edge::context::request::RequestContext;
use crate::edge::http::error::{HttpError, HttpResult};
use crate::edge::http::path::query_parameters;

/// The version of the control API.
pub const CONTROL_VERSION: &str = "2026-11-26";

/// The header of every answer of the control API, with its version.
pub(crate) const VERSION_HEADER: &str = "emulator-control-version";

/// The query parameter with which a client asks for a version.
pub(super) const PARAMETER: &str = "control-version";

/// Refuses a request that asks for another version of the control API.
pub(crate) fn check(request: &RequestContext) -> HttpResult<()> {
    match query_parameters(request.head.query(), PARAMETER).find(|version| version != CONTROL_VERSION) {
        None => Ok(()),
        Some(other) => {
            let message = format!(
                "The control API does not support the version '{other}'. Its version is {CONTROL_VERSION}: leave out \
                 the query parameter {PARAMETER}, or use an emulator of that version."
            );
            Err(HttpError { target: Some(PARAMETER), ..HttpError::new(400, "UnsupportedControlVersion", message) }
                .noted())
        }
    }
}
