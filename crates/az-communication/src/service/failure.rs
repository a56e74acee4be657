//! Why a request has no good answer, as data. Retries, batches, the doctor and exit codes decide on these types;
//! `words.rs` makes the sentences.

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

/// What the request was about.
#[derive(Debug, Clone)]
pub enum Asked {
    /// Nothing that an error could be about.
    Nothing,
    /// A new identity, whose id only the answer has.
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

/// What kind of error the service's answer is, by its status and code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServiceErrorKind {
    /// The signature or the Entra token is refused.
    Denied,
    /// 403: the caller is known and may not do this.
    Forbidden,
    /// The identity belongs to another resource, or was deleted.
    IdentityNotOwned,
    /// The service says that the identity does not exist. Another 404 is that of a gateway or of another server.
    IdentityNotFound,
    /// The token to exchange is not accepted.
    InvalidAccessToken,
    /// A value of the request is refused.
    InvalidRequest,
    /// The service does not have this api-version.
    UnsupportedApiVersion,
    /// Over the rate limit.
    TooManyRequests,
    /// 5xx: the service failed.
    ServerFailure,
    /// Anything else.
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

/// What the body of an error answer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ErrorBody {
    /// The service's own error, in the reference's text.
    Detail(String),
    /// Another body, or none; the reference shows the reason phrase.
    Unknown,
    /// It says that it is JSON and is not.
    MalformedJson,
}

/// An answer with an error status.
#[derive(Debug, Clone)]
pub struct ServiceError {
    /// The HTTP status.
    pub status: u16,
    /// The phrase behind the status.
    pub reason: String,
    /// The error's code, where the body has one.
    pub code: Option<String>,
    /// What the error is about, where the body says so.
    pub target: Option<String>,
    /// The kind of error.
    pub kind: ServiceErrorKind,
    /// What the error says, where the body has a text.
    pub message: Option<String>,
    /// What the body is.
    pub body: ErrorBody,
    /// The web page that the body is: something else than the service answered.
    pub page: Option<Page>,
    /// The clock of the service.
    pub date: Option<OffsetDateTime>,
    /// The api-versions that the service has, where it says so.
    pub supported_versions: Option<String>,
    /// Where an answer leads that is a redirect, where that is a URL.
    pub leads_to: Option<Url>,
    /// The seconds that the service asks to wait, where that was too long. It may be infinite.
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

/// Why there is no good answer.
#[derive(Debug)]
pub enum Cause {
    /// The service answered with an error.
    Service(Box<ServiceError>),
    /// No answer came, or no whole one.
    Transport(Box<TransportError>),
    /// No credential gave a token.
    Credential(LoginError),
    /// The service carried the request out, and its answer lacks what it promises.
    Answer {
        /// What is wrong with it.
        what: String,
        /// The web page that came instead.
        page: Option<Page>,
        /// The raw id of the new user, where the answer to a creation has it all the same.
        created: Option<String>,
    },
    /// The request could not be made, in words.
    Local(String),
}

/// A request without a good answer. Boxed, because results carry it everywhere.
#[derive(Debug)]
pub struct Failure(Box<Parts>);

/// Why a request has no good answer, what it was about, and how it was authenticated.
#[derive(Debug)]
pub struct Parts {
    /// Why.
    pub cause: Cause,
    /// What it was about.
    pub asked: Asked,
    /// Whether a login was used instead of an access key.
    pub login: bool,
    /// Whether it went to the well-known emulator of this machine.
    pub development_emulator: bool,
    /// Whether it went to a loopback address.
    pub is_local: bool,
    /// Whether a connection string was given beside the endpoint for which the login was used.
    pub unused_key: bool,
    /// Whether the connection string says `http://`, which is not used.
    pub plain_http: bool,
    /// How many answers of gateways came before this, after each of which the request was sent again.
    pub lost: u32,
}

impl Failure {
    pub(crate) fn new(cause: Cause, connection: &Connection, asked: Asked) -> Self {
        let login = matches!(connection.auth, Auth::Login);
        let Connection { development_emulator, unused_key, plain_http, .. } = *connection;
        let is_local = names::is_loopback(connection.host_and_port().0);
        Self(Box::new(Parts { cause, asked, login, development_emulator, is_local, unused_key, plain_http, lost: 0 }))
    }

    /// The failure of a request that was sent again so often, although the service may have carried it out.
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

    /// The service's error, where it answered with one.
    pub fn service(&self) -> Option<&ServiceError> {
        match &self.cause {
            Cause::Service(error) => Some(error),
            _ => None,
        }
    }

    /// Whether the error is about the user that the request names, so that other users can go on.
    pub fn is_about_one_user(&self) -> bool {
        matches!(self.asked, Asked::User(_))
            && self.service().is_some_and(|error| {
                matches!(error.kind, ServiceErrorKind::IdentityNotOwned | ServiceErrorKind::IdentityNotFound)
            })
    }

    /// Whether there was no connection, or it ended before the request was sent, as where a service restarts.
    pub fn is_refused_connection(&self) -> bool {
        use TransportError::{Connect, Unsent};
        matches!(&self.cause, Cause::Transport(error) if matches!(**error, Connect(..) | Unsent(..)))
    }

    /// The user whom the service created all the same.
    pub fn created_user(&self) -> Option<&str> {
        match &self.cause {
            Cause::Answer { created, .. } => created.as_deref(),
            _ => None,
        }
    }

    /// Whether the user's interrupt ended the request.
    pub fn is_interrupted(&self) -> bool {
        use TransportError::{Interrupted, InterruptedWaiting};
        matches!(&self.cause, Cause::Transport(error) if matches!(**error, Interrupted | InterruptedWaiting { .. }))
    }

    /// Whether the service may have carried the request out.
    pub fn is_unknown(&self) -> bool {
        if self.lost > 0 {
            return true;
        }
        match &self.cause {
            // A gateway says that it has no answer, not that the service did nothing. Another success than the one that is
            // promised does not say what was done, nor does another protocol (101).
            Cause::Service(error) => resend::is_of_a_gateway(error.status) || error.status < 300,
            Cause::Credential(_) | Cause::Local(_) => false,
            Cause::Transport(_) | Cause::Answer { .. } => self.reached() != Reached::No,
        }
    }

    /// How far the request got.
    pub fn reached(&self) -> Reached {
        match &self.cause {
            Cause::Service(_) | Cause::Answer { .. } => Reached::Answered,
            Cause::Transport(error) => error.reached(),
            Cause::Credential(_) | Cause::Local(_) => Reached::No,
        }
    }
}

impl Cause {
    /// The error of a transport or of a credential, which azure_core wraps.
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
