//! The reasons why a request failed, as data. Retries, batches, the doctor and exit codes depend on these types.
//! `words` turns them into messages.

use std::fmt;
use std::ops::Deref;

use acs_identity_protocol::error::codes;
use acs_identity_protocol::time::parse_http_date;
use azure_core::credentials::Secret;
use azure_core::error::ErrorKind;
use azure_core::http::{RawResponse, Url};
use azure_core::time::OffsetDateTime;
use pyjmespath::Value;

use crate::service::connection::{Auth, Connection};
use crate::service::login::LoginError;
use crate::service::odata_error::Detail;
use crate::service::page::Page;
use crate::service::sending::retry_after::{Wait, retry_after};
use crate::transport::error::TransportError;
use crate::transport::http::header;
use crate::transport::http::reached::Reached;
use crate::transport::names;
use crate::transport::resend;

/// The subject of a request.
#[derive(Debug, Clone)]
pub enum Asked {
    /// No subject that an error could be about.
    Nothing,
    /// A new identity. Only the answer contains its id.
    NewUser,
    /// This user, by raw id.
    User(String),
    /// The exchange of a Teams user's Entra token.
    TeamsToken {
        /// The Entra token.
        token: Secret,
        /// The application's id.
        client_id: String,
        /// The user's object id.
        user_object_id: String,
    },
    /// The exchange of an Entra token, which needs this permission.
    EntraToken(&'static str),
}

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

/// The reason why a request failed.
#[derive(Debug)]
pub enum Cause {
    /// The service answered with an error.
    Service(Box<ServiceError>),
    /// There was no answer, or an incomplete one.
    Transport(Box<TransportError>),
    /// No credential returned a token.
    Credential(LoginError),
    /// The service carried out the request, but its answer is not as expected.
    Answer {
        /// The unexpected property of the answer.
        what: String,
        /// The web page that came instead of the answer.
        page: Option<Page>,
        /// The raw id of the new user, if the answer to a creation contains it anyway.
        created: Option<String>,
    },
    /// The request could not be made, for this reason.
    Local(String),
}

/// A failed request. It is boxed because many results contain it.
#[derive(Debug)]
pub struct Failure(Box<Parts>);

/// The reason for a failure, the subject of the request, and how it was authenticated.
#[derive(Debug)]
pub struct Parts {
    /// The reason.
    pub cause: Cause,
    /// The subject of the request.
    pub asked: Asked,
    /// Whether a login was used instead of an access key.
    pub login: bool,
    /// Whether the request went to the well-known emulator of this machine.
    pub development_emulator: bool,
    /// Whether the request went to a loopback address.
    pub is_local: bool,
    /// Whether a connection string was given together with the endpoint, although the login was used.
    pub unused_key: bool,
    /// Whether the connection string names `http://`. https is used anyway.
    pub plain_http: bool,
    /// How many gateway errors came before this failure. The request was sent again after each of them.
    pub lost: u32,
}

impl Failure {
    pub(crate) fn new(cause: Cause, connection: &Connection, asked: Asked) -> Self {
        let login = matches!(connection.auth, Auth::Login);
        let Connection { development_emulator, unused_key, plain_http, .. } = *connection;
        let is_local = names::is_loopback(connection.host_and_port().0);
        Self(Box::new(Parts { cause, asked, login, development_emulator, is_local, unused_key, plain_http, lost: 0 }))
    }

    /// Notes that the request was sent `lost` times before, and that the service may have carried it out each time.
    pub(crate) fn after(mut self, lost: u32) -> Self {
        self.0.lost = lost;
        self
    }

    pub(crate) fn of(error: azure_core::Error, connection: &Connection, asked: Asked) -> Self {
        if let ErrorKind::HttpResponse { raw_response: Some(response), .. } = error.kind() {
            return Self::new(Cause::Service(Box::new(ServiceError::of(response))), connection, asked);
        }
        Self::new(Cause::of(error), connection, asked)
    }

    /// Returns the error of the service, if it answered with one.
    pub fn service(&self) -> Option<&ServiceError> {
        match &self.cause {
            Cause::Service(error) => Some(error),
            _ => None,
        }
    }

    /// Checks whether the error is only about the user of the request, so that requests about other users can continue.
    pub fn is_about_one_user(&self) -> bool {
        matches!(self.asked, Asked::User(_))
            && self.service().is_some_and(|error| {
                matches!(error.kind, ServiceErrorKind::IdentityNotOwned | ServiceErrorKind::IdentityNotFound)
            })
    }

    /// Checks whether the connection failed, or ended before the request was sent, as it does when a service restarts.
    pub fn is_refused_connection(&self) -> bool {
        use TransportError::{Connect, Unsent};
        matches!(&self.cause, Cause::Transport(error) if matches!(**error, Connect(..) | Unsent(..)))
    }

    /// Returns the user whom the service created despite the failure.
    pub fn created_user(&self) -> Option<&str> {
        match &self.cause {
            Cause::Answer { created, .. } => created.as_deref(),
            _ => None,
        }
    }

    /// Checks whether an interrupt of the user ended the request.
    pub fn is_interrupted(&self) -> bool {
        use TransportError::{Interrupted, InterruptedWaiting};
        matches!(&self.cause, Cause::Transport(error) if matches!(**error, Interrupted | InterruptedWaiting { .. }))
    }

    /// Checks whether the service may have carried out the request.
    pub fn is_unknown(&self) -> bool {
        if self.lost > 0 {
            return true;
        }
        match &self.cause {
            // A gateway error means that the gateway has no answer, not that the service did nothing. An unexpected
            // success status does not show what was done, and neither does another protocol (101).
            Cause::Service(error) => resend::is_of_a_gateway(error.status) || error.status < 300,
            Cause::Credential(_) | Cause::Local(_) => false,
            Cause::Transport(_) | Cause::Answer { .. } => self.reached() != Reached::No,
        }
    }

    /// Returns how far the request got.
    pub fn reached(&self) -> Reached {
        match &self.cause {
            Cause::Service(_) | Cause::Answer { .. } => Reached::Answered,
            Cause::Transport(error) => error.reached(),
            Cause::Credential(_) | Cause::Local(_) => Reached::No,
        }
    }
}

impl Cause {
    /// Unwraps the error of the transport or of a credential from an error of azure_core.
    fn of(error: azure_core::Error) -> Self {
        let text = error.to_string();
        match error.into_inner() {
            Ok(inner) => match inner.downcast::<TransportError>() {
                Ok(transport) => Self::Transport(transport),
                Err(inner) => match inner.downcast::<LoginError>() {
                    Ok(login) => Self::Credential(*login),
                    Err(_) => Self::Local(text),
                },
            },
            Err(_) => Self::Local(text),
        }
    }
}

impl Deref for Failure {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::service::words::message(self))
    }
}

impl std::error::Error for Failure {}
