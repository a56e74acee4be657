//! Signed requests to what the emulator has beside the service.

use acs_identity_protocol::{signature, time};
use azure_core::http::{HttpClient as _, Method, Request, Url};
use azure_core::time::OffsetDateTime;

use super::block_on::block_on;
use super::connection::Connection;
use super::service_error::{self, Asked};
use super::transport::Transport;
use crate::error::CliError;

/// Posts a body; the answer's status and body.
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
    let parsed = &connection.connection_string;
    let url = Url::parse(&format!("{}{path}", parsed.https_endpoint()))
        .map_err(|error| CliError::new(format!("The connection string cannot be used: {error}.")))?;
    let date = time::http_date(OffsetDateTime::now_utc());
    let hash = signature::content_hash(body.as_bytes());
    let text = signature::string_to_sign("POST", path, &[&date, &parsed.host, &hash]);
    let mut request = Request::new(url, Method::Post);
    request.insert_header("content-type", content_type);
    request.insert_header("authorization", signature::authorization(&parsed.access_key.sign(&text)));
    request.insert_header(signature::DATE_HEADER, date);
    request.insert_header(signature::CONTENT_HASH_HEADER, hash);
    request.set_body(body);
    let transport = Transport::new(connection.trust()?);
    let answer = block_on(async { transport.execute_request(&request).await?.try_into_raw_response().await });
    let answer = answer.map_err(|error| service_error::describe(error, connection, &Asked::Nothing))?;
    if u16::from(answer.status()) == 200 {
        return Ok(answer.into_body().as_ref().to_vec());
    }
    Err(service_error::refused(&answer, &Asked::Nothing))
}
