//! Sends requests to the control API, and reads the responses.

use std::time::Duration;

use acs_identity_emulator::CONTROL_VERSION;
use acs_identity_protocol::raw_id::encode_path_segment;
use azure_core::http::{Method, RawResponse, Request, Url};
use serde_json::Value as Json;

use super::{Control, name_it, refused};
use crate::report::error::CliError;
use crate::service::failure::{Asked, Failure};
use crate::transport::http::answer::Sink;
use crate::transport::http::connect::TIMEOUT;

/// The time limit for the response to a request that only reads. An emulator on the other side of a slow network has it
/// too. A process that was stopped, or hangs, has not ended its connections.
const LIMIT: Duration = Duration::from_secs(10);

/// The query parameter that names the version of the control API.
const VERSION: &str = "control-version";

/// The body of a request.
pub(crate) enum Body<'a> {
    /// There is none.
    Nothing,
    Json(&'a Json),
    /// A body of that type.
    Bytes(&'static str, Vec<u8>),
}

impl Control {
    /// Gets a document.
    ///
    /// # Errors
    ///
    /// Fails when the emulator cannot be reached, or refuses.
    pub(crate) fn get(&self, target: &str) -> Result<Json, CliError> {
        self.document(Method::Get, target, Body::Nothing)
    }

    /// Gets a document for which the emulator may wait so long before it responds.
    ///
    /// # Errors
    ///
    /// Fails when the emulator cannot be reached, or refuses.
    pub(crate) fn get_after(&self, target: &str, wait: Duration) -> Result<Json, CliError> {
        self.json(&self.send_within(Method::Get, target, Body::Nothing, LIMIT + wait, None)?)
    }

    /// Gets a document that may be large. A slow network has the time for it that a change has.
    ///
    /// # Errors
    ///
    /// Fails when the emulator cannot be reached, or refuses.
    pub(crate) fn get_large(&self, target: &str) -> Result<Json, CliError> {
        self.check_alive()?;
        self.json(&self.send_within(Method::Get, target, Body::Nothing, TIMEOUT, None)?)
    }

    /// Gets a text.
    ///
    /// # Errors
    ///
    /// Fails when the emulator cannot be reached, or refuses.
    pub(crate) fn text(&self, target: &str) -> Result<String, CliError> {
        let answer = self.send(Method::Get, target, Body::Nothing)?;
        Ok(String::from_utf8_lossy(answer.body().as_ref()).into_owned())
    }

    /// Posts a document, or nothing, and returns the document of the response. It is null without a document.
    ///
    /// # Errors
    ///
    /// Fails when the emulator cannot be reached, or refuses.
    pub(crate) fn post(&self, target: &str, body: Body<'_>) -> Result<Json, CliError> {
        self.document(Method::Post, target, body)
    }

    /// Sends a request, and returns the document of the response.
    fn document(&self, method: Method, target: &str, body: Body<'_>) -> Result<Json, CliError> {
        self.json(&self.send(method, target, body)?)
    }

    fn json(&self, answer: &RawResponse) -> Result<Json, CliError> {
        let body = answer.body().as_ref();
        if body.is_empty() {
            return Ok(Json::Null);
        }
        serde_json::from_slice(body)
            .map_err(|_| CliError::new(format!("The response of the emulator at {} is not JSON.", self.base)))
    }

    /// Sends a request to a path with its query, and returns a response with a success status.
    ///
    /// # Errors
    ///
    /// Fails when the emulator cannot be reached, or refuses.
    pub(crate) fn send(&self, method: Method, target: &str, body: Body<'_>) -> Result<RawResponse, CliError> {
        if method == Method::Get {
            return self.send_within(method, target, body, LIMIT, None);
        }
        // A change may take long, such as the end of an emulator that exports its state.
        self.check_alive()?;
        self.send_within(method, target, body, TIMEOUT, None)
    }

    /// Checks that the emulator responds at all, ready or not.
    pub(super) fn check_alive(&self) -> Result<(), CliError> {
        let request = Request::new(self.url("/health/live")?, Method::Get);
        let answer = self.transport.send_within(&request, LIMIT, None);
        answer.map(drop).map_err(|error| self.unreached(Failure::of(error, &self.connection, Asked::Nothing)))
    }

    /// Gets a document of any length in pieces. The sink must not be used if this fails.
    ///
    /// # Errors
    ///
    /// Fails when the emulator cannot be reached, or refuses.
    pub(crate) fn download(&self, target: &str, sink: &mut Sink<'_>) -> Result<(), CliError> {
        self.check_alive()?;
        self.send_within(Method::Get, target, Body::Nothing, TIMEOUT, Some(sink)).map(drop)
    }

    fn url(&self, target: &str) -> Result<Url, CliError> {
        Url::parse(&format!("{}{target}", self.base))
            .map_err(|error| CliError::new(format!("The endpoint {} cannot be used: {error}.", self.base)))
    }

    fn send_within(
        &self,
        method: Method,
        target: &str,
        body: Body<'_>,
        time: Duration,
        sink: Option<&mut Sink<'_>>,
    ) -> Result<RawResponse, CliError> {
        let mut url = self.url(target)?;
        url.query_pairs_mut().append_pair(VERSION, CONTROL_VERSION);
        let (content_type, body) = match body {
            Body::Nothing => (None, Vec::new()),
            Body::Json(json) => (Some("application/json"), json.to_string().into_bytes()),
            Body::Bytes(content_type, bytes) => (Some(content_type), bytes),
        };
        let mut request = Request::new(url, method);
        if let Some(content_type) = content_type {
            request.insert_header("content-type", content_type);
        }
        self.credential.authenticate(&mut request, &body);
        request.set_body(body);
        let answer = self.transport.send_within(&request, time, sink);
        let answer = answer.map_err(|error| self.unreached(Failure::of(error, &self.connection, Asked::Nothing)))?;
        refused::check(&self.base, &self.credential, answer)
    }

    /// Returns the error for an emulator that cannot be reached.
    fn unreached(&self, failure: Failure) -> CliError {
        let (is_refused, is_late) = (failure.is_refused_connection(), failure.is_timeout());
        let error = CliError::from(failure);
        match is_refused {
            true => match &self.source {
                Some(source) => error
                    .hint(format!("{source} names this emulator. Remove it if that emulator has ended."))
                    .hint(name_it()),
                None => error.hint(name_it()),
            },
            false if is_late => error.hint("The emulator hangs, or its process was stopped. Its log may say why."),
            false => error,
        }
    }
}

/// Returns a path with these query parameters. Parameters without a value are left out.
pub(crate) fn with_query(path: &str, parameters: &[(&str, Option<&str>)]) -> String {
    let given = parameters.iter().filter_map(|(name, value)| Some((name, (*value)?)));
    let pairs: Vec<String> = given.map(|(name, value)| format!("{name}={}", encode_path_segment(value))).collect();
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_encoded_and_those_without_a_value_are_left_out() {
        let target = with_query("/emulator/x", &[("a", Some("8:acs:ä b&c")), ("b", None), ("c", Some("4xx"))]);
        assert_eq!(target, "/emulator/x?a=8%3Aacs%3A%C3%A4%20b%26c&c=4xx");
        assert_eq!(with_query("/emulator/x", &[("b", None)]), "/emulator/x");
    }
}
