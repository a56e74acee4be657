//! The form that a client posts to the token endpoints.

use crate::edge::context::request::RequestContext;
use crate::edge::http::error::{HttpError, HttpResult};
use crate::edge::http::path::query_parameter;

/// The form. An empty field counts as missing.
pub(super) struct Form<'a>(&'a str);

impl<'a> Form<'a> {
    pub(super) fn of(request: &'a RequestContext) -> Self {
        Self(std::str::from_utf8(&request.body).unwrap_or_default())
    }

    pub(super) fn field(&self, name: &str) -> Option<String> {
        query_parameter(self.0, name).filter(|value| !value.is_empty())
    }

    pub(super) fn required(&self, name: &str) -> HttpResult<String> {
        self.field(name).ok_or_else(|| missing(name))
    }

    /// Returns the scope. Version 1 has a resource instead.
    pub(super) fn scope(&self) -> HttpResult<String> {
        let of_resource = || self.field("resource").map(|resource| resource + "/.default");
        self.field("scope").or_else(of_resource).ok_or_else(|| missing("scope"))
    }
}

/// Returns the error for a missing field.
pub(super) fn missing(field: &str) -> HttpError {
    let description = format!("AADSTS900144: The request body must contain '{field}'.");
    HttpError::oauth(400, "invalid_request", description)
}
