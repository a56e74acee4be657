//! Documents that anyone may read: the metadata and the keys of an Entra issuer.

use azure_core::http::{Method, Request, Url};
use serde_json::Value;

use super::connection::Connection;
use super::transport::Transport;
use super::trust::Trust;
use crate::error::CliError;

/// Gets a JSON document.
///
/// # Errors
///
/// When the URL is none, nobody answers, or the answer is no JSON.
pub fn fetch_json(url: &str) -> Result<Value, CliError> {
    get(url, Trust::from_environment())
}

/// Gets a JSON document of that service, with the trust that its connection has.
///
/// # Errors
///
/// As [`fetch_json`].
pub fn fetch_json_of(connection: &Connection, path: &str) -> Result<Value, CliError> {
    get(&format!("{}{path}", connection.endpoint()), connection.trust()?)
}

fn get(url: &str, trust: Trust) -> Result<Value, CliError> {
    let fail = |why: String| CliError::new(format!("{url} cannot be read: {}.", why.trim_end_matches('.')));
    let parsed = Url::parse(url).map_err(|error| fail(error.to_string()))?;
    let answer = Transport::new(trust).send(&Request::new(parsed, Method::Get));
    let answer = answer.map_err(|error| fail(error.to_string()))?;
    let status = u16::from(answer.status());
    if status != 200 {
        return Err(fail(format!("the answer's status is {status}")));
    }
    serde_json::from_slice(answer.into_body().as_ref()).map_err(|_| fail("it is no JSON document".into()))
}
