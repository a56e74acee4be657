//! Signed requests to the endpoints that only the emulator has.

use std::time::Duration;

use azure_core::http::{Method, Request, Url};
use azure_core::time::OffsetDateTime;
use serde_json::Value;

use crate::report::error::CliError;
use crate::service::connection::{Auth, Connection};
use crate::service::failure::{Asked, Cause, Failure, ServiceError};
use crate::service::network;
use crate::transport::http::connect::TIMEOUT;

/// Checks whether an emulator answers at an endpoint, whatever its name is. Unlike the service, the emulator publishes
/// an introspection endpoint. No secret is sent.
///
/// # Errors
///
/// When the server does not answer.
pub fn is_emulator(connection: &Connection) -> Result<bool, CliError> {
    let (status, body) = get(connection, "/.well-known/openid-configuration")?;
    let document: Value = serde_json::from_slice(&body).unwrap_or_default();
    let has = |name: &str| document.get(name).is_some_and(Value::is_string);
    Ok(status == 200 && has("jwks_uri") && has("introspection_endpoint"))
}

/// Gets a public document with a single attempt, and returns the status and the body of the answer.
///
/// # Errors
///
/// When the server does not answer.
pub fn get(connection: &Connection, path: &str) -> Result<(u16, Vec<u8>), CliError> {
    get_within(connection, path, TIMEOUT)
}

/// Does the same with another time limit.
///
/// # Errors
///
/// When the server does not answer in time.
pub(crate) fn get_within(connection: &Connection, path: &str, time: Duration) -> Result<(u16, Vec<u8>), CliError> {
    let url = Url::parse(&format!("{}{path}", connection.endpoint()))
        .map_err(|error| CliError::new(format!("The endpoint cannot be used: {error}.")))?;
    let answer = network::transport(connection.trust()?).send_within(&Request::new(url, Method::Get), time, None);
    let answer = answer.map_err(|error| Failure::of(error, connection, Asked::Nothing))?;
    Ok((answer.status().into(), answer.into_body().as_ref().to_vec()))
}

/// Posts a body and returns the status and the body of the answer.
///
/// # Errors
///
/// When the service cannot be reached or refuses.
pub fn post(
    connection: &Connection,
    path: &str,
    content_type: &'static str,
    body: String,
) -> Result<Vec<u8>, CliError> {
    let Auth::Key(access_key) = &connection.auth else {
        return Err(CliError::new("This part of the emulator requires the access key of a connection string.")
            .hint("Give --connection-string, without --auth-mode login."));
    };
    let url = Url::parse(&format!("{}{path}", connection.endpoint()))
        .map_err(|error| CliError::new(format!("The connection string cannot be used: {error}.")))?;
    let mut request = Request::new(url, Method::Post);
    request.insert_header("content-type", content_type);
    let now = OffsetDateTime::now_utc();
    let target = format!("{}{path}", connection.path);
    for (name, value) in access_key.sign_request("POST", &target, &connection.host, body.as_bytes(), now) {
        request.insert_header(name, value);
    }
    request.set_body(body);
    let answer = network::transport(connection.trust()?).send(&request);
    let answer = answer.map_err(|error| Failure::of(error, connection, Asked::Nothing))?;
    if u16::from(answer.status()) == 200 {
        return Ok(answer.into_body().as_ref().to_vec());
    }
    let error = ServiceError::of(&answer);
    Err(Failure::new(Cause::Service(Box::new(error)), connection, Asked::Nothing).into())
}
