//! The client of the control API: finds the emulator, authenticates, sends a request, and turns errors into `CliError`.

pub(crate) mod arguments;
mod credential;
mod refused;

pub(crate) use arguments::arguments;

use std::path::Path;
use std::time::Duration;

use acs_identity_emulator::{CA_CERTIFICATE_FILE, CONTROL_VERSION};
use acs_identity_protocol::raw_id::encode_path_segment;
use azure_core::http::{Method, RawResponse, Request, Url};
use serde_json::Value as Json;

use crate::commands::emulator::process::ready_line::Ready;
use crate::commands::emulator::running::health;
use crate::commands::emulator::running::target::{Ask, Assumed, Target};
use crate::knack::invocation::Invocation;
use crate::report::error::CliError;
use crate::report::program::Program;
use crate::service::connection::{Auth, Connection};
use crate::service::failure::{Asked, Failure};
use crate::service::network;
use crate::transport::http::answer::Sink;
use crate::transport::http::connect::TIMEOUT;
use crate::transport::send::Transport;
use crate::transport::tls::trust::Trust;
use credential::Credential;

/// The time limit for the response to a request that only reads. An emulator on the other side of a slow network has it
/// too. A process that was stopped, or hangs, has not ended its connections.
const LIMIT: Duration = Duration::from_secs(10);

/// The query parameter that names the version of the control API.
const VERSION: &str = "control-version";

/// The running emulator that the options name, and a credential for its control API.
pub(crate) struct Control {
    /// The URL to which paths are appended.
    base: String,
    connection: Connection,
    credential: Credential,
    transport: Transport,
    /// The endpoint for clients.
    endpoint: String,
    /// The host and port of an emulator on this machine.
    place: Option<String>,
    ready: Option<Ready>,
}

/// The body of a request.
pub(crate) enum Body<'a> {
    /// There is none.
    Nothing,
    Json(&'a Json),
    /// A body of that type.
    Bytes(&'static str, Vec<u8>),
}

impl Control {
    /// Finds the emulator that the options name, or else the variables, or else the emulator on the default port or in
    /// the background.
    ///
    /// # Errors
    ///
    /// Fails when an option or variable cannot be read, when the place of the emulator is not known, or when there is
    /// no credential for it.
    pub(crate) fn find(invocation: &Invocation<'_>) -> Result<Self, CliError> {
        let target = Target::find(invocation)?;
        if let Ask::Unavailable(why) = &target.ask {
            return Err(not_found(why));
        }
        match &target.assumed {
            Some(Assumed::Folder(folder)) => {
                return Self::of_folder(invocation, &target, folder)?.ok_or_else(|| {
                    let folder = folder.display();
                    not_found(&format!("no ready file names the port of the emulator that uses {folder}"))
                });
            }
            Some(Assumed::InMemory(file)) => {
                return Err(not_found(&format!("no running emulator uses {file}, which would name its port")));
            }
            Some(Assumed::Usual(folder)) => {
                if let Some(control) = Self::of_folder(invocation, &target, folder)? {
                    return Ok(control);
                }
            }
            None => {}
        }
        let credential = Credential::find(invocation, &target)?;
        Self::of(target, credential)
    }

    /// Returns the client for the emulator of a data folder, if it is the one at the target. Its certificate proves
    /// that, because the folder has the authority that signed it. So the control secret of the folder may be sent
    /// there.
    fn of_folder(invocation: &Invocation<'_>, target: &Target, folder: &Path) -> Result<Option<Self>, CliError> {
        let Ask::Plain(place) = &target.ask else { return Ok(None) };
        let path = folder.join(CA_CERTIFICATE_FILE);
        if !path.is_file() {
            return Ok(None);
        }
        let credential = Credential::of_folder(invocation, target, folder)?;
        let trust = Trust::Bundle { path, named_by: "the data folder" };
        let (base, endpoint) = (format!("https://{place}"), format!("https://{place}"));
        let transport = Transport::new(trust, || None);
        let (connection, place) = (local(place.clone()), Some(place.clone()));
        let control = Self { base, connection, credential, transport, endpoint, place, ready: None };
        Ok(control.check_alive().is_ok().then_some(control))
    }

    /// Returns the client for an emulator, if its credential need not be guessed.
    pub(crate) fn known(invocation: &Invocation<'_>, target: Target) -> Option<Self> {
        let credential = Credential::known(invocation, &target).ok()??;
        Self::of(target, credential).ok()
    }

    fn of(target: Target, credential: Credential) -> Result<Self, CliError> {
        let Target { endpoint, ask, ready, .. } = target;
        let (base, connection, trust, place) = match ask {
            Ask::Service(connection) => (connection.endpoint(), connection.clone(), connection.trust()?, None),
            Ask::Plain(host) => (format!("http://{host}"), local(host.clone()), Trust::Default, Some(host)),
            Ask::Unavailable(why) => return Err(not_found(&why)),
        };
        let transport = network::transport(trust);
        let endpoint = endpoint.unwrap_or_else(|| base.clone()).trim_end_matches('/').to_owned();
        Ok(Self { base, connection, credential, transport, endpoint, place, ready })
    }

    /// Returns the endpoint for clients, without a slash at the end.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Returns the host of an emulator on this machine, without its port.
    pub(crate) fn local_host(&self) -> Option<&str> {
        self.place
            .as_deref()
            .map(|place| place.rsplit_once(':').map_or(place, |(host, _)| host).trim_matches(['[', ']']))
    }

    /// Returns a text in which the URL of an emulator on this machine is one of https. Both schemes have the same port.
    pub(crate) fn with_https(&self, text: &str) -> String {
        match &self.place {
            Some(place) => text.replace(&format!("http://{place}"), &format!("https://{place}")),
            None => text.to_owned(),
        }
    }

    /// Returns the ready file of an emulator on this machine, if it has one.
    pub(crate) fn ready(&self) -> Option<&Ready> {
        self.ready.as_ref()
    }

    /// Returns whether nothing listens where the emulator was, if it is on this machine.
    pub(crate) fn is_silent(&self) -> bool {
        self.place.as_ref().is_none_or(|place| health::by_http(place, health::LIMIT).is_refused)
    }

    /// Returns whether an emulator on this machine has ended.
    pub(crate) fn has_ended(&self) -> bool {
        self.place.is_some() && self.is_silent()
    }

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
    fn check_alive(&self) -> Result<(), CliError> {
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
            true => error.hint(name_it()),
            false if is_late => error.hint("The emulator hangs, or its process was stopped. Its log may say why."),
            false => error,
        }
    }
}

/// Returns the error for an emulator whose place is not known.
fn not_found(why: &str) -> CliError {
    CliError::new(format!("The emulator cannot be found: {why}.")).hint(name_it())
}

/// Returns the connection to an emulator on this machine. It is used for messages only.
fn local(host: String) -> Connection {
    Connection {
        host,
        path: String::new(),
        auth: Auth::Login,
        development_emulator: true,
        plain_http: false,
        unused_key: false,
        subscription: None,
    }
}

/// Returns the hint about the options that name an emulator.
fn name_it() -> String {
    let status = Program::current().command("communication emulator status");
    format!(
        "Name the emulator by the options of its start (--port, --data-dir, --in-memory, --pid-file), or by --endpoint. \
         {status} shows whether it is ready."
    )
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
