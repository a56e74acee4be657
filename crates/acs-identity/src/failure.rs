//! Turns the errors of azure_core and of the transport into errors that name the cause.

use std::error::Error as StdError;

use azure_core::error::{CheckSuccessOptions, Error, ErrorKind, check_success};
use azure_core::http::{RawResponse, StatusCode, Url};

use crate::models::codes;
use crate::operation::{Failed, Operation, Repeat, State};
use crate::refused::{code_of, with_status_and_code};
use crate::secrets::Secrets;
use crate::unknown_outcome::UnknownOutcome;

/// Returns the text of the innermost cause. The outer ones say that a request failed, and the innermost says why.
pub(crate) fn innermost(error: &Error) -> String {
    let mut cause: &dyn StdError = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

/// Returns why an answer is lost.
pub(crate) fn why_lost(error: &Error) -> String {
    let cause = innermost(error);
    // rustls adds a link to its documentation, which is for the authors of the server.
    if cause.contains("close_notify") { "the connection was closed".into() } else { cause }
}

/// Checks whether an error says that a deletion was processed: the request was sent again because the first answer was
/// lost, and then there was no identity.
pub(crate) fn has_deleted(error: &Error, operation: &Operation) -> bool {
    let ErrorKind::HttpResponse { status: StatusCode::NotFound, raw_response: Some(response), .. } = error.kind()
    else {
        return false;
    };
    let is_not_found = || code_of(response).as_deref() == Some(codes::IDENTITY_NOT_FOUND);
    let state = operation.state();
    operation.repeat == Repeat::Deletion && state.retries && state.unknown && is_not_found()
}

/// Checks whether the certificate of the server is the cause. Each TLS library has its own type, but all say
/// "certificate", and none of them is a dependency of this crate.
pub(crate) fn is_about_a_certificate(error: &Error) -> bool {
    // The outer texts contain the URL.
    *error.kind() == ErrorKind::Connection && innermost(error).to_ascii_lowercase().contains("certificate")
}

/// Checks whether the server answered a TLS handshake with something else, such as plain HTTP. These are the words of
/// rustls and OpenSSL.
pub(crate) fn is_about_tls(error: &Error) -> bool {
    let cause = innermost(error);
    ["corrupt message", "wrong version number"].iter().any(|words| cause.contains(words))
}

/// Returns the error of an operation whose time is over.
pub(crate) async fn out_of_time(operation: &Operation, url: &Url) -> Error {
    let state = std::mem::take(&mut *operation.state());
    let seconds = operation.timeouts.operation.unwrap_or_default().as_secs_f64();
    let origin = url.origin().ascii_serialization();
    let error = match state.failed {
        Some(Failed::Refused(response)) => refused(response, &state.secrets).await,
        Some(Failed::Unconnected(cause) | Failed::Certificate(cause) | Failed::NoTls(cause)) => {
            let message = format!("no connection to {origin} within {seconds} s{}: {cause}", tries(state.tries));
            Error::with_message(ErrorKind::Connection, message)
        }
        Some(Failed::Lost(cause)) => {
            let message = format!("no complete answer of {origin} within {seconds} s{}: {cause}", tries(state.tries));
            Error::with_message(ErrorKind::Io, message)
        }
        None => Error::with_message(ErrorKind::Io, format!("no complete answer of {origin} within {seconds} s")),
    };
    unknown(error, operation, state.unknown)
}

/// Returns the error of an answer. A success status cannot be among them.
async fn refused(response: RawResponse, secrets: &Secrets) -> Error {
    let options = CheckSuccessOptions { success_codes: &[] };
    match check_success(response, Some(options)).await {
        Err(error) => with_status_and_code(error, secrets),
        Ok(response) => Error::with_message(ErrorKind::Other, response.status().to_string()),
    }
}

/// Returns the error with its cause, and with what it means for the request.
pub(crate) fn explained(error: Error, operation: &Operation, url: &Url) -> Error {
    let state = std::mem::take(&mut *operation.state());
    if let ErrorKind::HttpResponse { status, .. } = error.kind() {
        // Something was done, if it is a success that the operation does not have.
        let is_unknown = state.unknown || status.is_success();
        let error = if state.retries { without_layers(error) } else { error };
        return unknown(with_status_and_code(error, &state.secrets), operation, is_unknown);
    }
    let message = match &state.failed {
        Some(failed) => message(failed, &state, url),
        None => None,
    };
    match message {
        Some(message) => {
            let error = without_layers(error);
            unknown(Error::with_error(error.kind().clone(), error, message), operation, state.unknown)
        }
        // The error is of the credential, or of this crate. azure_core says first that it does not send the request
        // again.
        None if state.retries => without_layer(error).unwrap_or_else(|error| error),
        None => error,
    }
}

fn message(failed: &Failed, state: &State, url: &Url) -> Option<String> {
    let origin = url.origin().ascii_serialization();
    let tries = tries(state.tries);
    match failed {
        Failed::Certificate(cause) => Some(format!(
            "the certificate of {origin} is refused: {cause}. Check the host name, or let the transport trust the authority"
        )),
        Failed::NoTls(cause) => Some(format!(
            "the server of {origin} does not speak TLS: {cause}. Check the port, or whether the endpoint is http"
        )),
        Failed::Unconnected(cause) => Some(format!("no connection to {origin}{tries}: {cause}")),
        Failed::Lost(cause) => Some(format!("the answer of {origin} is lost{tries}: {cause}")),
        Failed::Refused(_) => None,
    }
}

fn tries(tries: u32) -> String {
    if tries > 1 { format!(" in {tries} tries") } else { String::new() }
}

fn unknown(error: Error, operation: &Operation, is_unknown: bool) -> Error {
    if !is_unknown || operation.repeat != Repeat::IfUnprocessed {
        return error;
    }
    let message =
        format!("{}. It is not known whether the identity was created", error.to_string().trim_end_matches('.'));
    Error::with_error(error.kind().clone(), UnknownOutcome::new(error), message)
}

/// Removes the errors that azure_core and this crate put around an error of the transport.
fn without_layers(mut error: Error) -> Error {
    loop {
        match without_layer(error) {
            Ok(inner) => error = inner,
            Err(innermost) => return innermost,
        }
    }
}

fn without_layer(error: Error) -> Result<Error, Error> {
    if error.get_ref().is_some_and(|inner| inner.is::<Error>()) { error.into_downcast() } else { Err(error) }
}
