//! Checks the steps of a request one by one, and describes the findings.

use std::net::SocketAddr;
use std::time::Instant;

use acs_identity_protocol::error::codes;
use acs_identity_protocol::signature::MAX_CLOCK_SKEW_SECONDS;
use acs_identity_protocol::time::{parse_http_date, whole_seconds};
use azure_core::http::{Method, Request, Url};
use azure_core::time::OffsetDateTime;

use crate::report::error::CliError;
use crate::report::program::Program;
use crate::service::calls::Service;
use crate::service::connection::Connection;
use crate::service::emulator_files;
use crate::service::failure::{Asked, Cause, ErrorBody, Failure, ServiceError, ServiceErrorKind};
use crate::service::network;
use crate::system::platform::Platform;
use crate::transport::error::TransportError;
use crate::transport::http::connect::{TIMEOUT, connect};
use crate::transport::http::header;
use crate::transport::http::sniff::sniff;
use crate::transport::names;

/// An identity that does not belong to any resource.
const NOBODY: &str = "8:acs:00000000-0000-0000-0000-000000000000_00000000-0000-0000-0000-000000000000";

/// The path of the request without a credential. Any answer is sufficient. The emulator serves this path without
/// authentication; another path would appear as a refused request in its log.
const UNSIGNED: &str = "/health";

const SET_CLOCK: &str = Platform::HERE.set_clock();

/// Resolves the host, or the proxy if there is one.
///
/// # Errors
///
/// When the name has no address.
pub fn check_name(connection: &Connection) -> Result<String, CliError> {
    let (host, port, via) = first_hop(connection)?;
    let addresses = names::addresses(&host, port, Instant::now() + TIMEOUT)
        .map_err(|error| Failure::new(Cause::Transport(Box::new(error.into())), connection, Asked::Nothing))?;
    let list: Vec<String> = addresses.iter().map(|address: &SocketAddr| address.ip().to_string()).collect();
    Ok(format!("{host}{via} is {}", list.join(", ")))
}

/// Connects to the host, or to the proxy if there is one.
///
/// # Errors
///
/// When the connection fails.
pub fn check_connection(connection: &Connection) -> Result<String, CliError> {
    let (host, port, via) = first_hop(connection)?;
    let started = Instant::now();
    let stream = connect(&host, port, started + TIMEOUT)
        .map_err(|error| Failure::new(Cause::Transport(Box::new(error)), connection, Asked::Nothing))?;
    let address = stream.peer_addr().map_or_else(|_| format!("{host}:{port}"), |address| address.to_string());
    Ok(format!("connected to {address}{via} in {:.1} ms", started.elapsed().as_secs_f64() * 1e3))
}

fn first_hop(connection: &Connection) -> Result<(String, u16, &'static str), CliError> {
    let (host, port) = connection.host_and_port();
    let proxy = crate::transport::proxy::choice::for_host(host, port).map_err(TransportError::Proxy);
    Ok(match proxy.map_err(|error| Failure::new(Cause::Transport(Box::new(error)), connection, Asked::Nothing))? {
        Some(proxy) => (proxy.host, proxy.port, " (the proxy)"),
        None => (host.to_owned(), port, ""),
    })
}

/// Checks TLS and the clock with an unsigned request. Returns which certificate authorities accept the certificate of
/// the server, and by how many seconds the clock of this machine is ahead, if the answer has a date.
///
/// # Errors
///
/// When there is no secure connection.
pub fn check_tls(connection: &Connection) -> Result<(String, Option<i64>), CliError> {
    let trust = connection.trust()?;
    let authorities = trust.to_string();
    let url = Url::parse(&format!("{}{UNSIGNED}", connection.endpoint()))
        .map_err(|error| CliError::new(format!("The endpoint cannot be used: {error}.")))?;
    let transport = network::transport(trust);
    let answer = transport.send(&Request::new(url, Method::Get));
    let answer = answer.map_err(|error| why_not_secure(&Failure::of(error, connection, Asked::Nothing), connection))?;
    let date = header::optional(answer.headers(), "date").and_then(parse_http_date);
    let ahead = date.map(|date| (OffsetDateTime::now_utc() - date).whole_seconds());
    let authorities = if transport.is_trusted_by_own_emulator() { own_emulator()? } else { authorities };
    Ok((format!("the certificate is trusted by {authorities}"), ahead))
}

/// Describes the authority in the data folder of this user. Clients that trust only the authorities in the environment
/// do not know it.
fn own_emulator() -> Result<String, CliError> {
    let path = emulator_files::ca_certificate()?;
    let bundle = emulator_files::BUNDLE_FILE;
    Ok(format!(
        "the emulator's authority in {}, which only {} trusts; other clients need its {bundle}",
        path.display(),
        Program::current().this()
    ))
}

/// Explains why there is no secure connection. The clock may be wrong, or another server than the service may answer.
fn why_not_secure(failure: &Failure, connection: &Connection) -> CliError {
    let mut error = CliError::from(failure);
    let Cause::Transport(cause) = &failure.cause else { return error };
    match &**cause {
        TransportError::Certificate(_, problem) if problem.is_about_time() => {
            let now = whole_seconds(OffsetDateTime::now_utc());
            error.message.push_str(&format!(" This machine's clock says {now}."));
            error.hints = vec![format!(
                "If the clock is wrong: {SET_CLOCK}. If it is right, the server needs another certificate."
            )];
        }
        TransportError::Certificate(..)
        | TransportError::Bundle(_)
        | TransportError::UnknownHost(_)
        | TransportError::Connect(..)
        | TransportError::Proxy(_) => {}
        _ => {
            if let Ok((host, port, "")) = first_hop(connection)
                && let Some((protocol, line)) = sniff(&host, port)
            {
                error.message = format!("{host}:{port} does not speak TLS: {protocol} answers there ('{line}').");
                error.hints = vec!["Correct the port of the endpoint: the service uses https.".into()];
            }
        }
    }
    error
}

/// Checks the clock.
///
/// # Errors
///
/// When the service would refuse signatures because of the time difference.
pub fn check_clock(ahead: Option<i64>) -> Result<String, CliError> {
    let Some(ahead) = ahead else {
        return Ok("the answer has no date to compare with".into());
    };
    let direction = if ahead >= 0 { "ahead of" } else { "behind" };
    let found = format!("this machine is {} {direction} the service", time(ahead.unsigned_abs()));
    if ahead.unsigned_abs() > MAX_CLOCK_SKEW_SECONDS.unsigned_abs() {
        return Err(CliError::new(format!("{found}, which allows {MAX_CLOCK_SKEW_SECONDS} s."))
            .hint(format!("Correct this machine's clock: {SET_CLOCK}")));
    }
    Ok(found)
}

/// Formats seconds in a suitable unit.
fn time(seconds: u64) -> String {
    match seconds {
        0..600 => format!("{seconds} s"),
        600..7_200 => format!("{} minutes", seconds / 60),
        7_200..172_800 => format!("{} hours", seconds / 3_600),
        172_800..63_072_000 => format!("{} days", seconds / 86_400),
        _ => format!("{} years", seconds / 31_556_952),
    }
}

/// Sends one harmless request with the credential: it revokes the tokens of an identity that does not belong to any
/// resource.
///
/// # Errors
///
/// When the credential is refused, or when the answer does not show whether it is accepted.
pub fn check_credential(service: &Service) -> Result<String, CliError> {
    let accepted = || Ok("the service accepts it".into());
    match service.revoke_tokens(NOBODY) {
        Ok(()) => accepted(),
        Err(failure) => match failure.service() {
            // The service checks the identity only after it has accepted the credential.
            Some(error) if is_about_the_identity(error) => accepted(),
            Some(error) => Err(named(error, &failure)),
            None => Err(failure.into()),
        },
    }
}

fn is_about_the_identity(error: &ServiceError) -> bool {
    match error.code.as_deref() {
        Some(codes::IDENTITY_NOT_OWNED) => matches!(error.status, 401 | 403 | 404),
        Some(codes::IDENTITY_NOT_FOUND) => error.status == 404,
        _ => false,
    }
}

/// Creates an error that shows the status, the code and the message of the answer, with hints.
fn named(error: &ServiceError, failure: &Failure) -> CliError {
    let code = error.code.as_deref().map_or_else(String::new, |code| format!(" ({code})"));
    let message = error.message.as_deref().and_then(|message| message.lines().next());
    let message = message.map_or_else(String::new, |message| format!(": {message}"));
    let mut named = CliError::from(failure);
    named.message = format!("{} {}{code}{message}", error.status, error.reason).trim_end().to_owned();
    if error.page.is_some() {
        return named;
    }
    let advice = match error.kind {
        ServiceErrorKind::Denied if error.code.is_none() => {
            "The answer lacks the service's error code: a gateway or a proxy may have refused the request."
        }
        ServiceErrorKind::Denied if error.code.as_deref() != Some(codes::DENIED) => {
            "The error code does not come from the service: a gateway may have refused the request. If the service \
             refused it, the credential is not valid for this resource, or is no longer valid."
        }
        ServiceErrorKind::Forbidden if !failure.login => {
            "The caller is authenticated but not authorized. Check the network rules of the resource, and whether it \
             allows access keys."
        }
        ServiceErrorKind::UnsupportedApiVersion => {
            "The service does not support the api-version of {this}, so it did not check the credential. Is there a \
             newer {name}?"
        }
        ServiceErrorKind::TooManyRequests | ServiceErrorKind::ServerFailure => {
            "The answer does not show whether the service accepts the credential. Run the doctor again later."
        }
        ServiceErrorKind::Denied | ServiceErrorKind::Forbidden => return named,
        _ => {
            "The answer does not show whether the service accepts the credential. Does the endpoint belong to a \
             Communication Services resource?"
        }
    };
    if error.body == ErrorBody::MalformedJson {
        named.hints.clear();
    }
    named.hints.push(Program::current().text(advice, "").into_owned());
    named
}
