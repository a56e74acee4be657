//! The client of the control API: finds the emulator, authenticates, sends a request, and turns errors into `CliError`.

pub(crate) mod arguments;
mod credential;
mod refused;
mod sending;

pub(crate) use arguments::arguments;
pub(crate) use sending::{Body, with_query};

use std::path::Path;

use acs_identity_emulator::CA_CERTIFICATE_FILE;
use serde_json::Value as Json;

use crate::commands::emulator::process::ready_line::Ready;
use crate::commands::emulator::running::health;
use crate::commands::emulator::running::target::{Ask, Assumed, Target};
use crate::knack::invocation::Invocation;
use crate::report::error::CliError;
use crate::report::program::Program;
use crate::service::connection::{Auth, Connection};
use crate::service::network;
use crate::transport::send::Transport;
use crate::transport::tls::trust::Trust;
use credential::Credential;

/// The running emulator that the options name, and a credential for its control API.
pub(crate) struct Control {
    /// The URL to which paths are appended.
    base: String,
    connection: Connection,
    credential: Credential,
    transport: Transport,
    /// The endpoint for clients.
    endpoint: String,
    /// The URL of the emulator's page.
    dashboard: String,
    /// The host and port of an emulator on this machine.
    place: Option<String>,
    ready: Option<Ready>,
    /// The variable or setting that names it, if the command line does not.
    source: Option<String>,
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
        Self::of_target(invocation, Target::find(invocation)?)
    }

    /// Returns the client for an emulator, with the credential that is known here, or else with the well-known key.
    ///
    /// # Errors
    ///
    /// Fails when the place of the emulator is not known, or when there is no credential for it.
    pub(crate) fn of_target(invocation: &Invocation<'_>, target: Target) -> Result<Self, CliError> {
        if let Ask::Unavailable(why) = &target.ask {
            let error = not_found(why);
            return Err(if target.process.is_some() { error.hint(GIVE_PORT) } else { error.hint(name_it()) });
        }
        match &target.assumed {
            Some(Assumed::Folder(folder)) => {
                return Self::of_folder(invocation, &target, folder)?.ok_or_else(|| {
                    let folder = folder.display();
                    not_found(&format!("no ready file names the port of the emulator that uses {folder}"))
                        .hint(GIVE_PORT)
                });
            }
            Some(Assumed::InMemory(file)) => {
                return Err(
                    not_found(&format!("no running emulator uses {file}, which would name its port")).hint(GIVE_PORT)
                );
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

    /// Returns the client for the emulator that holds this ready file, with the credential that the file names.
    ///
    /// # Errors
    ///
    /// Fails when the file has no credential.
    pub(crate) fn of_ready(ready: Ready) -> Result<Self, CliError> {
        let target = Target::running(ready);
        let credential = Credential::of_ready_file(&target);
        Self::of(target, credential.ok_or_else(|| CliError::new("The ready file has no access key."))?)
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
        let dashboard = target.dashboard().unwrap_or_default();
        let transport = Transport::new(trust, || None);
        let (connection, place) = (local(place.clone()), Some(place.clone()));
        let (ready, source) = (None, None);
        let control = Self { base, connection, credential, transport, endpoint, dashboard, place, ready, source };
        Ok(control.check_alive().is_ok().then_some(control))
    }

    fn of(target: Target, credential: Credential) -> Result<Self, CliError> {
        let dashboard = target.dashboard().unwrap_or_default();
        let Target { endpoint, ask, ready, source, .. } = target;
        let (base, connection, trust, place) = match ask {
            Ask::Service(connection) => (connection.endpoint(), connection.clone(), connection.trust()?, None),
            Ask::Plain(host) => (format!("http://{host}"), local(host.clone()), Trust::Default, Some(host)),
            Ask::Unavailable(why) => return Err(not_found(&why).hint(name_it())),
        };
        let transport = network::transport(trust);
        let endpoint = endpoint.unwrap_or_else(|| base.clone()).trim_end_matches('/').to_owned();
        Ok(Self { base, connection, credential, transport, endpoint, dashboard, place, ready, source })
    }

    /// Returns the endpoint for clients, without a slash at the end.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Returns the URL of the emulator's page.
    pub(crate) fn dashboard(&self) -> &str {
        &self.dashboard
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

    /// Returns whether the emulator serves plain HTTP only, behind a proxy that may have a certificate of its own.
    ///
    /// # Errors
    ///
    /// Fails when the emulator cannot be reached, or refuses.
    pub(crate) fn serves_plain_http(&self) -> Result<bool, CliError> {
        let trust = self.get("/emulator/trust")?;
        Ok(trust.get("plainHttp").and_then(Json::as_bool) == Some(true))
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
}

/// Returns the error for an emulator whose place is not known.
fn not_found(why: &str) -> CliError {
    CliError::new(format!("The emulator cannot be found: {why}."))
}

/// The hint about an emulator that runs, but whose port is not known.
const GIVE_PORT: &str = "Give its port, too: --port NUMBER, or its ready file: --ready-file FILE.";

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
        "Name the emulator by the options of its start (--port, --data-dir, --in-memory, --pid-file, --ready-file), or by \
         --endpoint. \
         {status} shows whether it is ready."
    )
}
