//! What a request fails with, and the answer to it.

use acs_identity::UnknownOutcome;
use axum::Json;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use azure_core::error::ErrorKind;
use azure_core::http::headers;
use serde::Serialize;

/// Seconds after which a client tries again, if the service did not say a time.
const TRY_AGAIN: u64 = 5;

/// Why a request failed. It has nothing secret. Details are in the log, and not in the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Error {
    /// The request is not one of this app.
    Request(StatusCode, String),
    /// There is no session.
    SignedOut,
    /// The service gets too many requests. It asks to wait for so many seconds.
    Busy(u64),
    /// The service does not answer, or cannot serve the request now. The outcome may be unknown.
    Away,
    /// The service refuses the request. The configuration of the app is wrong.
    Refused,
    /// Something else failed in the app.
    Internal,
}

impl From<azure_core::Error> for Error {
    fn from(error: azure_core::Error) -> Self {
        tracing::warn!("the service: {error}");
        if error.downcast_ref::<UnknownOutcome>().is_some() {
            return Self::Away;
        }
        match error.http_status().map(u16::from) {
            Some(429) => Self::Busy(asked_wait(&error).unwrap_or(TRY_AGAIN)),
            None | Some(408 | 500..) => Self::Away,
            Some(_) => Self::Refused,
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        tracing::error!("the database: {error}");
        Self::Internal
    }
}

fn asked_wait(error: &azure_core::Error) -> Option<u64> {
    let ErrorKind::HttpResponse { raw_response: Some(response), .. } = error.kind() else { return None };
    response.headers().get_optional_str(&headers::RETRY_AFTER)?.parse().ok()
}

#[derive(Serialize)]
struct Body<'a> {
    code: &'a str,
    message: &'a str,
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let (status, code, message) = match &self {
            Self::Request(status, message) => (*status, "bad_request", message.as_str()),
            Self::SignedOut => (StatusCode::UNAUTHORIZED, "signed_out", "Sign in first."),
            Self::Busy(_) => {
                (StatusCode::SERVICE_UNAVAILABLE, "busy", "The chat has too many requests. Try again later.")
            }
            Self::Away => (StatusCode::SERVICE_UNAVAILABLE, "away", "The chat cannot be reached. Try again later."),
            Self::Refused => (StatusCode::BAD_GATEWAY, "refused", "The chat refused the request."),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something failed."),
        };
        let mut response = (status, Json(Body { code, message })).into_response();
        let wait = match self {
            Self::Busy(seconds) => Some(seconds),
            Self::Away => Some(TRY_AGAIN),
            _ => None,
        };
        response.headers_mut().extend(wait.map(|seconds| (RETRY_AFTER, HeaderValue::from(seconds))));
        response
    }
}
