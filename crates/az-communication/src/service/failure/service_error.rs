//! An answer with an error status: its kind, its code, and what else it says.

use acs_identity_protocol::error::codes;
use acs_identity_protocol::time::parse_http_date;
use azure_core::http::{RawResponse, Url};
use azure_core::time::OffsetDateTime;
use pyjmespath::Value;

use crate::service::odata_error::Detail;
use crate::service::page::Page;
use crate::service::sending::retry_after::{Wait, retry_after};
use crate::transport::http::header;

/// The kind of an error answer, according to its status and code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServiceErrorKind {
    /// The signature or the Entra token is refused.
    Denied,
    /// 403: the caller is authenticated but not authorized.
    Forbidden,
    /// The identity belongs to another resource, or was deleted.
    IdentityNotOwned,
    /// The service says that the identity does not exist. A 404 without this comes from a gateway or another server.
    IdentityNotFound,
    /// The token to exchange is refused.
    InvalidAccessToken,
    /// A value of the request is refused.
    InvalidRequest,
    /// The service does not have this api-version.
    UnsupportedApiVersion,
    /// The rate limit is exceeded.
    TooManyRequests,
    /// 5xx: the service failed.
    ServerFailure,
    /// Any other error.
    Other,
}

impl ServiceErrorKind {
    fn of(status: u16, code: Option<&str>) -> Self {
        match (status, code) {
            (_, Some(codes::DENIED)) => Self::Denied,
            (_, Some(codes::IDENTITY_NOT_OWNED)) => Self::IdentityNotOwned,
            (_, Some(codes::INVALID_ACCESS_TOKEN)) => Self::InvalidAccessToken,
            (_, Some(codes::UNSUPPORTED_API_VERSION)) => Self::UnsupportedApiVersion,
            (429, _) | (_, Some(codes::TOO_MANY_REQUESTS)) => Self::TooManyRequests,
            (401, _) => Self::Denied,
            (403, _) => Self::Forbidden,
            (404, Some(codes::IDENTITY_NOT_FOUND)) => Self::IdentityNotFound,
            (400, _) => Self::InvalidRequest,
            (500.., _) => Self::ServerFailure,
            _ => Self::Other,
        }
    }
}

/// The kind of the body of an error answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ErrorBody {
    /// An error of the service, with the text that the reference shows for it.
    Detail(String),
    /// Another body, or none. The reference shows the reason phrase.
    Unknown,
    /// The body claims to be JSON and is not.
    MalformedJson,
}

/// An answer with an error status.
#[derive(Debug, Clone)]
pub struct ServiceError {
    /// The HTTP status.
    pub status: u16,
    /// The reason phrase of the status.
    pub reason: String,
    /// The code of the error, if the body has one.
    pub code: Option<String>,
    /// The target of the error, if the body has one.
    pub target: Option<String>,
    /// The kind of error.
    pub kind: ServiceErrorKind,
    /// The message of the error, if the body has one.
    pub message: Option<String>,
    /// The kind of the body.
    pub body: ErrorBody,
    /// The web page in the body, if it is one. It means that another server than the service answered.
    pub page: Option<Page>,
    /// The time of the service.
    pub date: Option<OffsetDateTime>,
    /// The api-versions that the service supports, if the answer names them.
    pub supported_versions: Option<String>,
    /// The target of a redirect, if it is a URL.
    pub leads_to: Option<Url>,
    /// The number of seconds that the service asks to wait, if this is too long. It may be infinite.
    pub too_long_a_wait: Option<f64>,
}

impl ServiceError {
    pub(crate) fn of(response: &RawResponse) -> Self {
        let status = u16::from(response.status());
        let content_type = header::optional(response.headers(), "content-type").unwrap_or("application/json");
        let is_json = content_type.split(';').next().is_some_and(|kind| kind.trim().ends_with("json"));
        let text = String::from_utf8_lossy(response.body());
        let parsed = Value::from_json(text.trim_start_matches('\u{feff}'));
        let malformed = is_json && parsed.is_err() && !text.is_empty();
        let detail = parsed.ok().and_then(|body| Detail::of(&body));
        let member = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
        let code = member(detail.as_ref().map(|detail| &detail.code));
        Self {
            status,
            reason: header::optional(response.headers(), header::REASON).unwrap_or_default().to_owned(),
            kind: ServiceErrorKind::of(status, code.as_deref()),
            code,
            target: member(detail.as_ref().map(|detail| &detail.target)),
            message: member(detail.as_ref().map(|detail| &detail.message)),
            page: if detail.is_none() { Page::of(response.body()) } else { None },
            body: match detail {
                _ if malformed => ErrorBody::MalformedJson,
                Some(detail) => ErrorBody::Detail(detail.full_text()),
                None => ErrorBody::Unknown,
            },
            date: header::optional(response.headers(), "date").and_then(parse_http_date),
            supported_versions: header::optional(response.headers(), "api-supported-versions").map(str::to_owned),
            leads_to: header::optional(response.headers(), "location")
                .filter(|_| (300..400).contains(&status))
                .and_then(|location| Url::parse(location).ok())
                .filter(|url| matches!(url.scheme(), "http" | "https")),
            too_long_a_wait: match retry_after(response.headers()) {
                Wait::TooLong(seconds) => Some(seconds),
                Wait::None | Wait::For(_) => None,
            },
        }
    }
}
