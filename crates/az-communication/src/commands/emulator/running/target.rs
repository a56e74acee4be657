//! Finds the running emulator that a command asks.

use std::path::PathBuf;

use acs_identity_protocol::endpoint::host_and_path;
use acs_identity_protocol::signature::AccessKey;

use super::health::speaks_tls_only;
use super::local::{ADDRESS, FILES, Local, running};
use crate::commands::emulator::options::declared::{CONNECTION_STRING, ENDPOINT, STATUS_PORT};
use crate::commands::emulator::options::read;
use crate::commands::emulator::process::ready_line::Ready;
use crate::knack::invocation::Invocation;
use crate::knack::variables::Given;
use crate::report::error::CliError;
use crate::service::connection::{Auth, Connection, nothing_given, source};
use crate::service::fetch::check_url;
use crate::transport::names;

/// An emulator, and how to ask it.
pub(crate) struct Target {
    /// The endpoint. `None` if its port is not known.
    pub(crate) endpoint: Option<String>,
    /// The process id, if a pid file or ready file contains it.
    pub(crate) process: Option<i32>,
    pub(crate) ask: Ask,
    /// How to ask a proxy on this machine that ends TLS in front of emulators, if a URL of https names the emulator.
    pub(super) through_proxy: Option<Connection>,
    /// Its access key, if a connection string names it.
    pub(crate) key: Option<NamedKey>,
    /// Its ready file, if it is running in the background or has one.
    pub(crate) ready: Option<Ready>,
    /// What is known about it if it has no ready file.
    pub(crate) assumed: Option<Assumed>,
    /// The variable or setting that names it, if the command line does not.
    pub(crate) source: Option<String>,
}

/// The emulator that is meant, although the one on that port may be another one.
pub(crate) enum Assumed {
    /// It may be the one that uses this data folder.
    Usual(PathBuf),
    /// The command line names its data folder, which is in use.
    Folder(PathBuf),
    /// The command line says that it is in memory. This file would name its port.
    InMemory(String),
}

/// An access key, and the name of its source.
#[derive(Clone)]
pub(crate) struct NamedKey {
    pub(crate) key: AccessKey,
    pub(crate) named_by: String,
}

/// The way to ask an emulator.
pub(crate) enum Ask {
    /// It cannot be asked, for this reason.
    Unavailable(String),
    /// Over plain HTTP, at this host and port. On this machine, the connection cannot be intercepted, and no
    /// certificate needs to be trusted.
    Plain(String),
    /// As a service on another machine, or behind a proxy that ends TLS.
    Service(Connection),
}

impl Target {
    /// Returns an emulator of which no more is known than how to ask it.
    pub(super) fn new(endpoint: Option<String>, ask: Ask) -> Self {
        let (process, through_proxy, key, ready) = (None, None, None, None);
        Self { endpoint, process, ask, through_proxy, key, ready, assumed: None, source: None }
    }

    /// Returns the emulator that holds this ready file.
    pub(crate) fn running(ready: Ready) -> Self {
        let ask = Ask::Plain(place_in(&ready.control_endpoint).to_owned());
        let target = Self::new(Some(ready.endpoint.clone()), ask);
        Self { process: i32::try_from(ready.pid).ok(), ready: Some(ready), ..target }
    }

    /// Returns the URL of the emulator's page. On this machine, it is plain HTTP, because browsers do not trust the
    /// emulator's certificate. Returns `None` if the port is not known, or if the emulator has no page.
    pub(crate) fn dashboard(&self) -> Option<String> {
        match (&self.ready, &self.ask) {
            (Some(ready), _) => ready.dashboard.clone(),
            (None, Ask::Plain(place)) => Some(format!("http://{place}/emulator/")),
            (None, Ask::Service(connection)) => Some(format!("{}/emulator/", connection.endpoint())),
            (None, Ask::Unavailable(_)) => None,
        }
    }

    /// Returns the emulator that the command line names, or else the variables of the emulator, or else the connection
    /// string in the environment or the configuration, or else the default one.
    ///
    /// # Errors
    ///
    /// Fails when one of them cannot be read.
    pub(crate) fn find(invocation: &Invocation<'_>) -> Result<Self, CliError> {
        Ok(Self::named(invocation)?.or_through_proxy())
    }

    /// An emulator on this machine speaks plain HTTP on the same port as TLS. A proxy that ends TLS does not.
    fn or_through_proxy(self) -> Self {
        match (&self.ask, &self.through_proxy) {
            (Ask::Plain(place), Some(connection)) if self.ready.is_none() && speaks_tls_only(place) => {
                Self { ask: Ask::Service(connection.clone()), ..self }
            }
            _ => self,
        }
    }

    fn named(invocation: &Invocation<'_>) -> Result<Self, CliError> {
        let at_endpoint = |given: Given| {
            check_url(&given.named_by, &given.value)?;
            let target = Self::of_endpoint(&given.value).ok_or_else(|| given.is_not("a URL of an emulator"))?;
            target.with_key_and_files(invocation)
        };
        if let Some(given) = read::given(invocation, &ENDPOINT)? {
            return at_endpoint(given);
        }
        let of_connection_string =
            || of_connection_string(invocation)?.map(Self::of_connection).ok_or_else(nothing_given);
        if invocation.arguments.has(&CONNECTION_STRING) {
            return of_connection_string();
        }
        let named_by = |source: String, target: Self| Self { source: Some(source), ..target };
        if !FILES.iter().chain(&ADDRESS).any(|argument| invocation.arguments.has(argument))
            && let Some(given) = read::variable(invocation, &ENDPOINT)?
        {
            return Ok(named_by(given.named_by.clone(), at_endpoint(given)?));
        }
        let local = Local::of(invocation)?;
        let is_configured = invocation.config.get("communication", "connection_string")?;
        if !local.is_named() && is_configured.is_some_and(|text| !text.is_empty()) {
            return Ok(named_by(source("connection_string"), of_connection_string()?));
        }
        let port = read::option(invocation, &STATUS_PORT)?.filter(|_| !invocation.arguments.has(&STATUS_PORT));
        let source = port.filter(|_| local.uses_port()).map(|given| given.named_by);
        Ok(Self { source, ..local.target() })
    }

    /// Adds to a reason which variable or setting names the emulator.
    pub(crate) fn with_source(&self, why: String) -> String {
        match &self.source {
            Some(source) => format!("{why}, which {source} names"),
            None => why,
        }
    }

    fn of_endpoint(url: &str) -> Option<Self> {
        let (host, path) = host_and_path(url).ok()?;
        let scheme = url.split_once("://")?.0.to_ascii_lowercase();
        let endpoint = format!("{scheme}://{host}{path}");
        let connection = Connection {
            host: host.to_owned(),
            path: path.to_owned(),
            auth: Auth::Login,
            development_emulator: false,
            plain_http: false,
            unused_key: false,
            subscription: None,
        };
        Some(match scheme == "http" {
            true => Self::new(Some(endpoint), Ask::Plain(with_port(host, &scheme))),
            false => Self::of_service(endpoint, connection),
        })
    }

    /// Returns the emulator at an endpoint of https.
    fn of_service(endpoint: String, connection: Connection) -> Self {
        if !names::is_loopback(host_of(&connection.host)) {
            return Self::new(Some(endpoint), Ask::Service(connection));
        }
        let ask = Ask::Plain(with_port(&connection.host, "https"));
        Self { through_proxy: Some(connection), ..Self::new(Some(endpoint), ask) }
    }

    /// Adds what is known about the emulator of an endpoint: the access key of the connection string that is given with
    /// it, or that is configured for the same endpoint, and the files of a running emulator.
    fn with_key_and_files(self, invocation: &Invocation<'_>) -> Result<Self, CliError> {
        let key = match invocation.arguments.has(&CONNECTION_STRING) {
            true => of_connection_string(invocation)?.map(|(_, key)| key),
            false => self.configured_key(invocation),
        };
        // An option that cannot be read does not matter, because the endpoint names the emulator.
        let places = Local::of(invocation).map_or_else(|_| Vec::new(), |local| local.places);
        let running = places.iter().filter_map(|places| running(&places.ready)).find(|(_, ready)| {
            [&ready.control_endpoint, &ready.endpoint].iter().any(|url| self.is_at(place_in(url), scheme_of(url)))
        });
        let (process, ready) = running.unzip();
        Ok(Self { process, key, ready, ..self })
    }

    /// Returns the access key of the connection string in a variable or in the configuration, if it is for this
    /// emulator.
    pub(crate) fn configured_key(&self, invocation: &Invocation<'_>) -> Option<NamedKey> {
        let (connection, key) = of_connection_string(invocation).ok()??;
        self.is_at(&connection.host, "https").then_some(key)
    }

    /// Returns whether it is asked at the host of a URL with that scheme. The emulator listens on all loopback
    /// addresses, so their names are the same.
    fn is_at(&self, host: &str, scheme: &str) -> bool {
        let host = with_port(host, scheme);
        let asked = match &self.ask {
            Ask::Plain(place) => place.clone(),
            Ask::Service(connection) => with_port(&connection.host, "https"),
            Ask::Unavailable(_) => return false,
        };
        let is_same_port =
            || host.rsplit_once(':').map(|(_, port)| port) == asked.rsplit_once(':').map(|(_, port)| port);
        let are_here = || names::is_loopback(host_of(&host)) && names::is_loopback(host_of(&asked));
        host.eq_ignore_ascii_case(&asked) || (are_here() && is_same_port())
    }

    fn of_connection((connection, key): (Connection, NamedKey)) -> Self {
        let endpoint = connection.endpoint();
        Self { key: Some(key), ..Self::of_service(endpoint, connection) }
    }
}

/// Returns the connection of the connection string that an option gives, or else a variable, or else the configuration,
/// and its access key.
fn of_connection_string(invocation: &Invocation<'_>) -> Result<Option<(Connection, NamedKey)>, CliError> {
    let Some(connection) = Connection::of_key(&invocation.arguments, invocation.config)? else { return Ok(None) };
    let named_by = match invocation.given(&CONNECTION_STRING) {
        Some(_) => "--connection-string".to_owned(),
        None => source("connection_string"),
    };
    let Auth::Key(key) = &connection.auth else { return Ok(None) };
    let key = NamedKey { key: key.clone(), named_by };
    Ok(Some((connection, key)))
}

/// Returns a host without its port. An IPv6 address keeps its brackets.
fn host_of(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, _)) if !host.ends_with(']') => name,
        _ => host,
    }
}

fn with_port(host: &str, scheme: &str) -> String {
    match host_of(host) == host {
        true => format!("{host}:{}", if scheme == "http" { 80 } else { 443 }),
        false => host.to_owned(),
    }
}

fn scheme_of(url: &str) -> &str {
    url.split_once("://").map_or("", |(scheme, _)| scheme)
}

/// Returns the host and port of a URL.
pub(crate) fn place_in(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest)
}
