//! Sends OAuth requests: the request is a form, the answer is JSON.

use std::fmt;

use acs_identity_protocol::raw_id::encode_path_segment;
use azure_core::http::{Method, Request, Url};
use serde_json::Value;

use crate::service::network;
use crate::service::page::Page;
use crate::transport::error::TransportError;
use crate::transport::tls::trust::Trust;

/// The reason why there is no JSON.
#[derive(Debug)]
pub enum FormError {
    /// There was no answer.
    Transport(TransportError),
    /// The answer is not JSON.
    NotJson {
        /// The HTTP status.
        status: u16,
        /// The web page in the answer, if it is one.
        page: Option<Page>,
    },
    /// The request could not be made, for this reason.
    Local(String),
}

impl fmt::Display for FormError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Transport(error) => f.write_str(error.to_string().trim_end_matches('.')),
            Self::NotJson { status, page: Some(Page { title }) } => {
                write!(f, "a web page answered with status {status}")?;
                title.iter().try_for_each(|title| write!(f, ": '{title}'"))
            }
            Self::NotJson { status, page: None } => write!(f, "the answer with status {status} is not JSON"),
            Self::Local(what) => f.write_str(what.trim_end_matches('.')),
        }
    }
}

impl std::error::Error for FormError {}

impl From<azure_core::Error> for FormError {
    fn from(error: azure_core::Error) -> Self {
        let text = error.to_string();
        match error.into_inner().map(|inner| inner.downcast::<TransportError>()) {
            Ok(Ok(transport)) => Self::Transport(*transport),
            _ => Self::Local(text),
        }
    }
}

impl FormError {
    /// Checks whether the same request may succeed a little later.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Transport(error) => !error.is_permanent(),
            Self::NotJson { .. } => true,
            Self::Local(_) => false,
        }
    }
}

/// Checks whether a status means that the endpoint is overloaded or fails. It then says nothing about the request.
pub fn is_overloaded(status: u16) -> bool {
    matches!(status, 408 | 429 | 500 | 502..=504)
}

/// Creates a request with a form.
pub(crate) fn form(url: Url, fields: &[(&str, &str)]) -> Request {
    let mut request = Request::new(url, Method::Post);
    request.insert_header("content-type", "application/x-www-form-urlencoded");
    request.insert_header("accept", "application/json");
    let pairs: Vec<String> =
        fields.iter().map(|(name, value)| format!("{name}={}", encode_path_segment(value))).collect();
    request.set_body(pairs.join("&"));
    request
}

/// Posts a form and returns the status and the JSON of the answer.
///
/// # Errors
///
/// Returns a [`FormError`]. The request is not repeated.
pub fn post_form(url: Url, fields: &[(&str, &str)]) -> Result<(u16, Value), FormError> {
    let answer = network::transport(Trust::from_environment()).send(&form(url, fields))?;
    let status = u16::from(answer.status());
    serde_json::from_slice(answer.body())
        .map(|body| (status, body))
        .map_err(|_| FormError::NotJson { status, page: Page::of(answer.body()) })
}

/// Returns a member that is a number of seconds, as a number or as a string. A value out of range becomes the nearest
/// possible one.
pub fn seconds(body: &Value, name: &str) -> Option<i64> {
    let rounded = |seconds: f64| (!seconds.is_nan()).then_some(seconds as i64);
    match body.get(name)? {
        Value::Number(number) => number.as_i64().or_else(|| rounded(number.as_f64()?)),
        Value::String(text) => text.trim().parse().ok().or_else(|| rounded(text.trim().parse().ok()?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_read_from_numbers_of_any_form_and_size() {
        let body =
            r#"{"a": 5, "b": "5", "c": 5.9, "d": 18446744073709551615, "e": -1e300, "f": "x", "g": null, "h": "1e9"}"#;
        let body: Value = serde_json::from_str(body).unwrap();
        for (name, expected) in [
            ("a", Some(5)),
            ("b", Some(5)),
            ("c", Some(5)),
            ("d", Some(i64::MAX)),
            ("e", Some(i64::MIN)),
            ("f", None),
            ("g", None),
            ("h", Some(1_000_000_000)),
            ("i", None),
        ] {
            assert_eq!(seconds(&body, name), expected, "{name}");
        }
    }
}
