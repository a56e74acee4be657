//! The error body, `{"error": {"code", "message", "target"?, "details"?, "innererror"?}}` (docs/service.md, sections 3
//! and 4).

use serde::{Deserialize, Serialize};

/// The body of every error response.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ErrorBody {
    /// The error.
    pub error: ErrorDetail,
}

impl ErrorBody {
    /// Makes the body of an error.
    pub fn new(error: ErrorDetail) -> Self {
        Self { error }
    }
}

/// One error.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ErrorDetail {
    /// The code for programs. [`codes`] has the known ones.
    #[serde(default)]
    pub code: String,
    /// The message for people, in English.
    #[serde(default)]
    pub message: String,
    /// The field that is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Errors that led to this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<ErrorDetail>,
    /// A more specific error.
    #[serde(default, rename = "innererror", skip_serializing_if = "Option::is_none")]
    pub inner_error: Option<Box<ErrorDetail>>,
}

impl ErrorDetail {
    /// Makes an error from its code and its message. The other fields are absent.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), ..Self::default() }
    }

    /// Sets the field that is wrong, if there is one.
    #[must_use]
    pub fn with_target(self, target: Option<&str>) -> Self {
        Self { target: target.map(str::to_owned), ..self }
    }
}

#[cfg(feature = "azure_core")]
impl TryFrom<azure_core::Error> for ErrorBody {
    type Error = azure_core::Error;

    /// Reads the error of the service. An error without such a body is returned unchanged.
    fn try_from(error: azure_core::Error) -> Result<Self, Self::Error> {
        let body = match error.kind() {
            azure_core::error::ErrorKind::HttpResponse { raw_response: Some(response), .. } => {
                serde_json::from_slice(response.body()).ok()
            }
            _ => None,
        };
        body.ok_or(error)
    }
}

/// The known error codes, with their status.
pub mod codes {
    /// 401: wrong key, signature or content hash, a clock that is too far off, or a missing role.
    pub const DENIED: &str = "Denied";
    /// 401: the identity belongs to another resource.
    pub const IDENTITY_NOT_OWNED: &str = "IdentityNotOwned";
    /// 404: the identity does not exist.
    pub const IDENTITY_NOT_FOUND: &str = "IdentityNotFound";
    /// 401: the Entra token of an exchange is malformed, expired, or for another purpose.
    pub const INVALID_ACCESS_TOKEN: &str = "InvalidAccessToken";
    /// 400: a field is missing or wrong.
    pub const VALIDATION_ERROR: &str = "ValidationError";
    /// 400: the api-version is not supported.
    pub const UNSUPPORTED_API_VERSION: &str = "UnsupportedApiVersion";
    /// 429: a rate limit was exceeded.
    pub const TOO_MANY_REQUESTS: &str = "TooManyRequests";
}
