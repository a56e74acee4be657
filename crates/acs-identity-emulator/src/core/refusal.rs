//! Why an operation is refused (docs/service.md, section 4).

use acs_identity_protocol::error::codes;

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The HTTP status that goes with it.
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) target: Option<&'static str>,
    /// Whether the answer announces the api-versions: errors of the operation itself do, those before it do not.
    pub(crate) announces_versions: bool,
    /// Whether the answer has no body (2021-03-31-preview1).
    pub(crate) empty: bool,
}

impl Refusal {
    fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), target: None, announces_versions: false, empty: false }
    }

    /// The signature, the key, the clock or the role is wrong.
    pub(crate) fn denied(message: impl Into<String>) -> Self {
        Self::new(401, codes::DENIED, message)
    }

    /// An error of the operation itself.
    pub(crate) fn validation(message: impl Into<String>, target: &'static str) -> Self {
        Self { target: Some(target), announces_versions: true, ..Self::new(400, codes::VALIDATION_ERROR, message) }
    }

    /// An error of ASP.NET's model binding: a field that is required, say.
    pub(crate) fn binding(message: impl Into<String>, target: Option<&'static str>) -> Self {
        Self { target, ..Self::new(400, codes::VALIDATION_ERROR, message) }
    }

    /// The identity belongs to another resource.
    pub(crate) fn not_owned() -> Self {
        Self {
            announces_versions: true,
            ..Self::new(401, codes::IDENTITY_NOT_OWNED, "Provided identity doesn't belong to the resource.")
        }
    }

    /// The identity does not exist. The message is recorded, status and code are ours (docs/parity.md).
    pub(crate) fn not_found() -> Self {
        let (code, message) = (codes::IDENTITY_NOT_FOUND, "Provided identity doesn't exist.");
        Self { announces_versions: true, ..Self::new(404, code, message) }
    }

    /// The assignment does not exist. Status documented, code and message ours.
    pub(crate) fn assignment_not_found() -> Self {
        Self { announces_versions: true, ..Self::new(404, "AssignmentNotFound", "The assignment doesn't exist.") }
    }

    /// The user of an exchange has no assignment, or not through this application. Ours.
    pub(crate) fn not_assigned() -> Self {
        let message = "The principal has no assignment on this resource for this application.";
        Self { announces_versions: true, ..Self::new(403, "Forbidden", message) }
    }

    /// Over a rate limit.
    pub(crate) fn throttled(seconds: u64) -> Self {
        let message = format!("Too many requests. Try again in {seconds} seconds.");
        Self::new(429, codes::TOO_MANY_REQUESTS, message)
    }

    /// The Entra token to exchange is not good.
    pub(crate) fn invalid_access_token() -> Self {
        Self::new(401, codes::INVALID_ACCESS_TOKEN, "Provided access token is not valid.")
    }

    /// The api-version is missing or not served.
    pub(crate) fn api_version(code: &'static str, message: impl Into<String>) -> Self {
        Self { announces_versions: true, ..Self::new(400, code, message) }
    }

    /// There is no such path, or not with that method, or the body is too large.
    pub(crate) fn http(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self::new(status, code, message)
    }

    /// A fault of ours. The cause goes to the log, not to the client.
    pub(crate) fn fault(cause: impl std::fmt::Display) -> Self {
        crate::log::warn(&format!("internal error: {cause}"));
        Self::new(500, "InternalServerError", "Internal server error.")
    }
}
