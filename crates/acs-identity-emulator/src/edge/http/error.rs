//! An error response. The message for the client and the line for the log are separate.

use std::fmt::Display;

use acs_identity_protocol::error::codes;
use hyper::Method;

use crate::request_log::Mistake;

/// The message for a caller that did not authenticate.
pub(crate) const DENIED: &str = "Denied by the resource provider.";

/// An error response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HttpError {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    /// For the client.
    pub(crate) message: String,
    pub(crate) target: Option<&'static str>,
    pub(crate) form: BodyForm,
    /// Whether the response announces the api-versions: errors of the operation itself do, earlier errors do not.
    pub(crate) announces_versions: bool,
    /// A header that belongs to it.
    pub(crate) header: Option<Header>,
    /// For the log.
    pub(crate) note: Option<Note>,
}

/// What is known about a signature that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WrongSignature {
    /// Why it was refused.
    pub(crate) why: String,
    /// The string that the client should have signed. `None` if it has signed the right one.
    pub(crate) string_to_sign: Option<String>,
    /// The known mistake that gives the signature, or the hash of the body, that was sent.
    pub(crate) mistake: Option<Mistake>,
}

/// The form of an error's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyForm {
    /// The form of the service (docs/service.md, section 4).
    Service,
    /// The form of RFC 6749, as Entra fills it.
    OAuth,
    /// There is no body (2021-03-31-preview1).
    Empty,
}

/// A header of an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Header {
    /// In how many seconds the client may ask again.
    RetryAfter(u64),
    /// The methods that the path has.
    Allow(String),
    /// How a client can authenticate.
    Authenticate(&'static str),
}

/// A line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Note {
    /// Why the request is refused. The line begins with the status, the method and the path.
    Request(String),
    /// Why the signature of a request is refused. It is logged in the same way.
    Signature(Box<WrongSignature>),
    /// Why the data of all requests cannot be reached at present. Each request is logged for information only, because
    /// the beginning and the end of that are logged once.
    Outage(String),
    Warning(String),
    Error(String),
}

pub(crate) type HttpResult<T> = Result<T, HttpError>;

impl HttpError {
    /// Makes an error in the form of the service.
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            target: None,
            form: BodyForm::Service,
            announces_versions: false,
            header: None,
            note: None,
        }
    }

    /// Makes an error of RFC 6749.
    pub(crate) fn oauth(status: u16, code: &'static str, description: impl Into<String>) -> Self {
        Self { form: BodyForm::OAuth, ..Self::new(status, code, description) }
    }

    /// Makes an error of the operation itself.
    pub(crate) fn of_operation(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { announces_versions: true, ..Self::new(status, code, message) }
    }

    /// Makes the error for a wrong signature, key, time or role.
    pub(crate) fn denied(message: impl Into<String>) -> Self {
        Self::new(401, codes::DENIED, message)
    }

    /// Makes the error for a field with a value that the operation does not allow.
    pub(crate) fn validation(message: impl Into<String>, target: &'static str) -> Self {
        Self { target: Some(target), ..Self::of_operation(400, codes::VALIDATION_ERROR, message) }
    }

    /// Makes an error of ASP.NET's model binding, for example for a missing field.
    pub(crate) fn binding(message: impl Into<String>, target: Option<&'static str>) -> Self {
        Self { target, ..Self::new(400, codes::VALIDATION_ERROR, message) }
    }

    /// Makes the error for an Entra token that cannot be exchanged.
    pub(crate) fn invalid_access_token() -> Self {
        Self::new(401, codes::INVALID_ACCESS_TOKEN, "Provided access token is not valid.")
    }

    /// Makes the error for a path that does not exist.
    pub(crate) fn no_resource(path: &str) -> Self {
        Self::new(404, "NotFound", format!("There is no resource at '{path}'."))
    }

    /// Makes the error for a method that the path does not have.
    pub(crate) fn not_allowed(method: &Method, allow: String) -> Self {
        let message = format!("The method {method} is not allowed here.");
        Self { header: Some(Header::Allow(allow)), ..Self::new(405, "MethodNotAllowed", message) }
    }

    /// Makes the error for a body that is too large.
    pub(crate) fn too_large(limit: usize) -> Self {
        Self::new(413, "RequestTooLarge", format!("The request body is larger than {limit} bytes.")).noted()
    }

    /// Makes the error for a request over a rate limit.
    pub(crate) fn throttled(seconds: u64) -> Self {
        let message = format!("Too many requests. Try again in {seconds} seconds.");
        Self::new(429, codes::TOO_MANY_REQUESTS, message).retry_after(seconds)
    }

    /// Makes the error for a request that cannot be served now.
    pub(crate) fn unavailable(message: impl Into<String>, seconds: u64) -> Self {
        Self::new(503, "ServiceUnavailable", message).retry_after(seconds)
    }

    /// Makes the error for a fault of the emulator. The cause goes to the log, not to the client.
    pub(crate) fn fault(cause: impl Display) -> Self {
        let note = Some(Note::Warning(format!("internal error: {cause}")));
        Self { note, ..Self::new(500, "InternalServerError", "Internal server error.") }
    }

    fn retry_after(self, seconds: u64) -> Self {
        Self { header: Some(Header::RetryAfter(seconds)), ..self }
    }

    /// Adds the reason for the log.
    pub(crate) fn because(self, why: impl Into<String>) -> Self {
        Self { note: Some(Note::Request(why.into())), ..self }
    }

    /// Adds what is known about the signature.
    pub(crate) fn because_of_signature(self, signature: WrongSignature) -> Self {
        Self { note: Some(Note::Signature(Box::new(signature))), ..self }
    }

    /// Makes the log contain the message for the client.
    pub(crate) fn noted(self) -> Self {
        let why = self.message.clone();
        self.because(why)
    }
}
