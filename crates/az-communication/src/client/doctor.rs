//! The steps of a request, one by one, each with what was found.

use std::net::SocketAddr;
use std::time::Instant;

use acs_identity_protocol::signature::MAX_CLOCK_SKEW_SECONDS;
use acs_identity_protocol::time::parse_http_date;
use azure_core::http::{Method, Request, Url};
use azure_core::time::OffsetDateTime;

use super::connect::{addresses, connect};
use super::connection::Connection;
use super::failure::{Asked, Cause, Failure, ServiceErrorKind};
use super::header;
use super::service::Service;
use super::transport::Transport;
use crate::error::CliError;

/// An identity that no resource has.
const NOBODY: &str = "8:acs:00000000-0000-0000-0000-000000000000_00000000-0000-0000-0000-000000000000";

/// Finds the addresses of the host, or of the proxy that stands in between.
///
/// # Errors
///
/// When the name has no address.
pub fn check_name(connection: &Connection) -> Result<String, CliError> {
    let (host, port, via) = first_hop(connection);
    let addresses = addresses(&host, port)
        .map_err(|error| Failure::new(Cause::Transport(Box::new(error)), connection, Asked::Nothing))?;
    let list: Vec<String> = addresses.iter().map(|address: &SocketAddr| address.ip().to_string()).collect();
    Ok(format!("{host}{via} is {}", list.join(", ")))
}

/// Connects to the host, or to the proxy.
///
/// # Errors
///
/// When nobody answers.
pub fn check_connection(connection: &Connection) -> Result<String, CliError> {
    let (host, port, via) = first_hop(connection);
    let started = Instant::now();
    let stream = connect(&host, port)
        .map_err(|error| Failure::new(Cause::Transport(Box::new(error)), connection, Asked::Nothing))?;
    let address = stream.peer_addr().map_or_else(|_| format!("{host}:{port}"), |address| address.to_string());
    Ok(format!("connected to {address}{via} in {:.1} ms", started.elapsed().as_secs_f64() * 1e3))
}

fn first_hop(connection: &Connection) -> (String, u16, &'static str) {
    let (host, port) = connection.host_and_port();
    match super::proxy::for_host(host, port) {
        Some(proxy) => (proxy.host, proxy.port, " (the proxy)"),
        None => (host.to_owned(), port, ""),
    }
}

/// What an unsigned request shows of TLS and of the clock: whom the server's certificate convinces, and how far this
/// machine's clock is ahead in seconds, where the answer has a date.
///
/// # Errors
///
/// When there is no secure connection.
pub fn check_tls(connection: &Connection) -> Result<(String, Option<i64>), CliError> {
    let trust = connection.trust()?;
    let authorities = trust.to_string();
    let url = Url::parse(&format!("{}/", connection.endpoint()))
        .map_err(|error| CliError::new(format!("The endpoint cannot be used: {error}.")))?;
    let answer = Transport::new(trust).send(&Request::new(url, Method::Get));
    let answer = answer.map_err(|error| Failure::of(error, connection, Asked::Nothing))?;
    let date = header::optional(answer.headers(), "date").and_then(parse_http_date);
    let ahead = date.map(|date| (OffsetDateTime::now_utc() - date).whole_seconds());
    Ok((format!("the certificate is trusted by {authorities}"), ahead))
}

/// Judges the clock.
///
/// # Errors
///
/// When the service would refuse signatures of this time.
pub fn check_clock(ahead: Option<i64>) -> Result<String, CliError> {
    let Some(ahead) = ahead else {
        return Ok("the answer has no date to compare with".into());
    };
    let direction = if ahead >= 0 { "ahead of" } else { "behind" };
    let found = format!("this machine is {} s {direction} the service", ahead.abs());
    if ahead.abs() > MAX_CLOCK_SKEW_SECONDS {
        return Err(CliError::new(format!("{found}, which allows {MAX_CLOCK_SKEW_SECONDS} s."))
            .hint("Set this machine's clock right: timedatectl set-ntp true"));
    }
    Ok(found)
}

/// Sends one harmless request that is authenticated: it asks to revoke the tokens of an identity that no resource has.
///
/// # Errors
///
/// When the credential is refused.
pub fn check_credential(service: &Service) -> Result<String, CliError> {
    match service.revoke_tokens(NOBODY) {
        Ok(()) => Ok("the service accepts it".into()),
        // The service looks at the identity only when it knows who asks.
        Err(failure) => match failure.service().map(|error| error.kind) {
            Some(ServiceErrorKind::IdentityNotOwned | ServiceErrorKind::NotFound) => {
                Ok("the service accepts it".into())
            }
            _ => Err(failure.into()),
        },
    }
}
