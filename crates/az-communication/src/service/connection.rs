//! Finds the service and the credential of a command: the connection string and its sources.

use std::env;
use std::io::{self, IsTerminal as _};

use acs_identity_protocol::connection_string::{
    ConnectionString, ConnectionStringError, DEVELOPMENT_ACCESS_KEY, EXPECTED_FORM,
};
use acs_identity_protocol::endpoint::{EndpointFault, host_and_path, shown};
use acs_identity_protocol::signature::AccessKey;
use azure_core::http::Url;

use crate::delegate;
use crate::knack::argument::Argument;
use crate::knack::arguments::Arguments;
use crate::knack::config::Config;
use crate::knack::globals::SUBSCRIPTION;
use crate::knack::{pasted, variables};
use crate::report::error::{CliError, HintPolicy};
use crate::report::program::Program;
use crate::report::{redact, secrets};
use crate::service::emulator_files;
use crate::system::platform::Platform;
use crate::system::system_text;
use crate::transport::tls::trust::{DEVELOPMENT_EMULATOR, Trust};

/// `--connection-string`.
pub const CONNECTION_STRING: Argument = Argument::new(
    &["--connection-string"],
    "Communication connection string. Environment variable: AZURE_COMMUNICATION_CONNECTION_STRING.",
)
.group("Communication");

/// `--endpoint`.
pub const ENDPOINT: Argument = Argument::new(
    &["--endpoint"],
    "Endpoint of the resource, for calls without a key. Environment variable: AZURE_COMMUNICATION_ENDPOINT.",
)
.group("Communication")
.extension();

/// `--auth-mode`.
pub const AUTH_MODE: Argument = Argument::new(
    &["--auth-mode"],
    "Whether to use the access key of the connection string, or your login: an application or a workload identity in \
         the environment, a managed identity, or `az login`. Environment variable: AZURE_COMMUNICATION_AUTH_MODE.",
)
.choices(&AUTH_MODES)
.group("Communication")
.extension();

/// The arguments of every command that talks to the service.
pub const CONNECT_OPTIONS: &[Argument] = &[CONNECTION_STRING, ENDPOINT, AUTH_MODE];

const AUTH_MODES: [&str; 2] = ["key", "login"];

/// How requests are authenticated.
#[derive(Debug, Clone)]
pub enum Auth {
    /// Signed with an access key.
    Key(AccessKey),
    /// With an Entra token of the current login.
    Login,
}

/// A service and the credential for it.
#[derive(Debug, Clone)]
pub struct Connection {
    /// The host, with the port if there is one.
    pub host: String,
    /// The prefix of the path of every request. It is usually empty.
    pub path: String,
    /// How requests are authenticated.
    pub auth: Auth,
    /// Whether the service is the well-known emulator of this machine.
    pub development_emulator: bool,
    /// Whether the connection string names `http://`. https is used anyway.
    pub plain_http: bool,
    /// Whether a connection string was given together with the endpoint, although the login is used.
    pub unused_key: bool,
    /// The subscription whose tenant is passed to the Azure CLI for a login.
    pub subscription: Option<String>,
}

impl From<ConnectionString> for Connection {
    fn from(parsed: ConnectionString) -> Self {
        Self {
            host: parsed.host,
            path: parsed.path,
            auth: Auth::Key(parsed.access_key),
            development_emulator: parsed.development_emulator,
            plain_http: parsed.plain_http,
            unused_key: false,
            subscription: None,
        }
    }
}

/// Returns the source of a value that was not given as an argument.
fn source(option: &str) -> String {
    let variable = format!("AZURE_COMMUNICATION_{}", option.to_ascii_uppercase());
    match env::var_os(&variable) {
        Some(_) => variable,
        None => format!("[communication] {option} of the config file"),
    }
}

/// Creates the error about a connection string that is still `@file`. Either the file of an argument cannot be read, or
/// the value comes from a variable, which is never read from a file.
fn from_a_file(path: &str, given: bool) -> CliError {
    let reason = || std::fs::read(path).err().map_or_else(String::new, |error| format!(": {}", system_text(&error)));
    // The path may be the connection string itself.
    let name = redact::text(path);
    if !given {
        let source = source("connection_string");
        let read = match source.strip_prefix("AZURE_") {
            Some(_) => Platform::HERE.export_file(&source, "FILE"),
            None => "the text itself".to_owned(),
        };
        return CliError::new(format!("{source} is '@{name}', but only arguments are read from files."))
            .hint(format!("Give --connection-string @FILE, or {read}."));
    }
    let reason = reason();
    CliError::new(format!("The connection string cannot be read from the file '{name}'{reason}."))
        .hint("Give the path of the file after the @, or the connection string itself.")
}

/// Creates the error about a malformed connection string, with hints about characters that were copied accidentally.
/// For arguments, these hints are added where all errors are handled.
fn malformed(error: &ConnectionStringError, text: &str, given: bool) -> CliError {
    let mut hints = if given { Vec::new() } else { pasted::hints(&source("connection_string"), text) };
    for (name, value) in text.split(';').filter_map(|part| part.split_once('=')) {
        if pasted::is_quoted(value) && !pasted::is_quoted(text) {
            hints.push(format!("The value of '{name}' is in quotes, which are part of the value. Remove them."));
        }
    }
    if text.trim().eq_ignore_ascii_case("UseDevelopmentEmulator") {
        hints.push(format!("For the emulator of this machine, write {DEVELOPMENT_EMULATOR}."));
    }
    let scheme = text.trim().split_once("://").map_or("", |(scheme, _)| scheme);
    if (scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http"))
        && host_and_path(text.trim()).is_ok_and(|(host, _)| is_url_host(host))
    {
        hints.push(
            "This is an endpoint. To use it with a login instead of a key, give it as --endpoint or \
             AZURE_COMMUNICATION_ENDPOINT."
                .into(),
        );
    }
    hints
        .push(format!("Copy it from Settings > Keys of the resource in the Azure portal. Its form is {EXPECTED_FORM}"));
    CliError { hints, ..CliError::new(redact::text(&error.to_string())) }
}

/// Registers the keys of a connection string as secrets, so that no message shows them.
fn hide_keys(text: &str) {
    for (name, value) in text.split(';').filter_map(|part| part.split_once('=')) {
        if name.trim().eq_ignore_ascii_case("accesskey") && value != DEVELOPMENT_ACCESS_KEY {
            secrets::hide(value);
        }
    }
}

/// Checks whether a text can be the host of a URL, with its port. Common hosts do not need the URL parser.
fn is_url_host(host: &str) -> bool {
    let name = host.split_once(':').map_or(host, |(name, _)| name);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    let last = name.rsplit('.').next().unwrap_or_default();
    let is_usual = name.bytes().all(plain)
        && last.starts_with(|first: char| first.is_ascii_alphabetic())
        && !name.as_bytes().windows(4).any(|word| word.eq_ignore_ascii_case(b"xn--"));
    is_usual || Url::parse(&format!("https://{host}/")).is_ok()
}

fn nothing_given() -> CliError {
    // PATH is searched only if the hint is shown.
    let azure_cli = io::stderr().is_terminal() && delegate::find().is_some();
    let login = if azure_cli { "`az login` or an identity" } else { "an application, workload or managed identity" };
    // The first line is byte for byte the message of the reference.
    CliError::new("Please specify --connection-string, or set AZURE_COMMUNICATION_CONNECTION_STRING.")
        .hint("The Azure portal shows it under Settings > Keys of the Communication Services resource.")
        .hint(format!("Without a key: --endpoint URL, with {login} of the environment."))
        .hint(Program::current().text("To work offline: {communication emulator run} -- COMMAND", ""))
        .hint_policy(HintPolicy::Terminal)
}

impl Connection {
    /// Returns the host and path of the service, for files that belong to one service. Several services may share one
    /// gateway, so the path is needed.
    pub fn service(&self) -> String {
        format!("{}{}", self.host, self.path.trim_end_matches('/'))
    }

    /// Finds the service. `--auth-mode` selects key or login. Without it, `--endpoint` selects login. Otherwise a
    /// connection string selects key. Otherwise an endpoint in the environment or the config file selects login.
    ///
    /// # Errors
    ///
    /// When no source names a service, or when the value is malformed. The message names the wrong part and never shows
    /// the key.
    pub fn find(arguments: &Arguments, config: &Config) -> Result<Self, CliError> {
        let mode = match arguments.get(&AUTH_MODE) {
            Some(mode) => Some(mode.to_owned()),
            None => config.get("communication", "auth_mode")?.filter(|mode| !mode.is_empty()),
        };
        let given = arguments.get(&ENDPOINT).filter(|endpoint| !endpoint.is_empty());
        match mode.as_deref() {
            Some("login") => Self::login(arguments, config),
            Some("key") if given.is_some() => {
                Err(CliError::usage("With --auth-mode key, the endpoint comes from the connection string.")
                    .hint("Remove --endpoint, or give --auth-mode login."))
            }
            Some("key") => Self::key(arguments, config)?.ok_or_else(nothing_given),
            Some(other) => Err(CliError::usage(format!("'{other}' is not an auth mode. Allowed values: key, login."))
                .hint("Correct AZURE_COMMUNICATION_AUTH_MODE, or [communication] auth_mode in the config file.")),
            None if given.is_some() => Self::login(arguments, config),
            None => match Self::key(arguments, config) {
                Ok(Some(connection)) => Ok(connection),
                _ if Self::has_endpoint_only(arguments, config)? => Self::login(arguments, config),
                other => other?.ok_or_else(nothing_given),
            },
        }
    }

    /// Checks whether an endpoint is set and no connection string. An empty variable counts as not set.
    fn has_endpoint_only(arguments: &Arguments, config: &Config) -> Result<bool, CliError> {
        let set = |option| -> Result<bool, CliError> {
            Ok(config.get("communication", option)?.is_some_and(|text| !text.is_empty()))
        };
        let given = arguments.get(&CONNECTION_STRING).is_some_and(|text| !text.is_empty());
        Ok(!given && set("endpoint")? && !set("connection_string")?)
    }

    /// Returns the connection for a login. The endpoint comes from the argument, or else from the environment or the
    /// config file, or else from the connection string.
    fn login(arguments: &Arguments, config: &Config) -> Result<Self, CliError> {
        let given = arguments.get(&ENDPOINT).filter(|endpoint| !endpoint.is_empty());
        let subscription = arguments.get(&SUBSCRIPTION).filter(|name| !name.is_empty()).map(str::to_owned);
        let endpoint = match given {
            Some(endpoint) => Some(endpoint.to_owned()),
            None => config.get("communication", "endpoint")?.filter(|endpoint| !endpoint.is_empty()),
        };
        let Some(endpoint) = endpoint else {
            let connection = Self::key(arguments, config)?.ok_or_else(|| {
                CliError::new("Please specify --endpoint, or set AZURE_COMMUNICATION_ENDPOINT.")
                    .hint("The Azure portal shows it on the overview of the Communication Services resource.")
            })?;
            return Ok(Self { auth: Auth::Login, subscription, ..connection });
        };
        hide_keys(&endpoint);
        let refused = |message: String, hint: &str| {
            let hints = if given.is_some() { Vec::new() } else { pasted::hints(&source("endpoint"), &endpoint) };
            CliError { hints, ..CliError::usage(message) }.hint(hint)
        };
        let found = host_and_path(&endpoint);
        let scheme = endpoint.split_once("://").map(|(scheme, _)| scheme);
        if scheme.is_some_and(|scheme| !scheme.eq_ignore_ascii_case("https")) && found != Err(EndpointFault::AccessKey)
        {
            return Err(refused(
                format!("The endpoint is not an https URL: '{}'.", redact::text(&shown(&endpoint))),
                "An Entra token is sent over https only: https://<resource>.communication.azure.com",
            ));
        }
        let found =
            found.and_then(|(host, path)| if is_url_host(host) { Ok((host, path)) } else { Err(EndpointFault::Host) });
        let (host, path) = found.map_err(|fault| {
            let message = format!("The endpoint is not a URL: '{}'.", redact::text(&shown(&endpoint)));
            match fault {
                EndpointFault::AccessKey => refused(
                    format!("{message} It contains an access key."),
                    "Give a connection string as --connection-string. The form of an endpoint is https://<resource>.communication.azure.com",
                ),
                fault => {
                    let named = given.map_or_else(|| source("endpoint"), |_| "--endpoint".to_owned());
                    let hint = format!("The form of {named} is https://<resource>.communication.azure.com");
                    refused(format!("{message} {fault}"), &hint)
                }
            }
        })?;
        Ok(Self {
            host: host.to_owned(),
            path: path.to_owned(),
            auth: Auth::Login,
            development_emulator: false,
            plain_http: false,
            unused_key: given.is_some()
                && !arguments.has(&AUTH_MODE)
                && arguments.get(&CONNECTION_STRING).is_some_and(|text| !text.is_empty()),
            subscription,
        })
    }

    /// Returns the connection of the connection string. It comes from the argument, or else from the variable, or else
    /// from the config file.
    fn key(arguments: &Arguments, config: &Config) -> Result<Option<Self>, CliError> {
        // As in the reference, an empty argument counts as not given, but an empty variable is an empty connection
        // string.
        let given = arguments.get(&CONNECTION_STRING).filter(|text| !text.is_empty());
        let text = match given {
            Some(text) => Some(text.to_owned()),
            None => config.get("communication", "connection_string")?,
        };
        let Some(text) = text else { return Ok(None) };
        if let Some(path) = text.strip_prefix('@') {
            return Err(from_a_file(path, given.is_some()));
        }
        hide_keys(&text);
        let parsed: ConnectionString =
            text.parse().map_err(|error: ConnectionStringError| malformed(&error, &text, given.is_some()))?;
        if !is_url_host(&parsed.host) {
            let error = ConnectionStringError::InvalidEndpoint(parsed.https_endpoint(), EndpointFault::Host);
            return Err(malformed(&error, &text, given.is_some()));
        }
        let mut connection = Self::from(parsed);
        if connection.development_emulator {
            connection.host = variables::development_host()?;
        }
        Ok(Some(connection))
    }

    /// Returns the connection to the well-known emulator of this machine, for commands about the emulator.
    ///
    /// # Errors
    ///
    /// When the variables of the emulator's options are invalid.
    pub fn development_emulator() -> Result<Self, CliError> {
        Ok(Self { host: variables::development_host()?, ..ConnectionString::development_emulator().into() })
    }

    /// Returns the endpoint without a trailing slash. Like the Python SDK, this uses https, whatever scheme was given.
    pub fn endpoint(&self) -> String {
        format!("https://{}{}", self.host, self.path)
    }

    /// Returns the name of the value that contains the endpoint.
    pub(crate) fn named_by(&self) -> &'static str {
        match self.auth {
            Auth::Key(_) => "connection string",
            Auth::Login => "endpoint",
        }
    }

    /// Returns a text that distinguishes keys without revealing them: a part of an HMAC of a fixed text. Without a key,
    /// it is `login`.
    pub fn fingerprint(&self) -> String {
        match &self.auth {
            Auth::Key(key) => key.sign("fingerprint of az-communication-batch").chars().take(16).collect(),
            Auth::Login => "login".to_owned(),
        }
    }

    /// Returns the host without its port, and the port.
    pub fn host_and_port(&self) -> (&str, u16) {
        match self.host.rsplit_once(':').map(|(name, port)| (name, port.parse())) {
            Some((name, Ok(port))) => (name, port),
            // A colon without a port means the port of the scheme.
            Some((name, Err(_))) if self.host.ends_with(':') => (name, 443),
            _ => (&self.host, 443),
        }
    }

    /// Returns the trusted certificate authorities of this connection.
    ///
    /// # Errors
    ///
    /// When this is the well-known emulator and no emulator was ever started here.
    pub(crate) fn trust(&self) -> Result<Trust, CliError> {
        if !self.development_emulator {
            return Ok(Trust::from_environment());
        }
        Ok(Trust::Bundle { path: emulator_files::ca_certificate()?, named_by: DEVELOPMENT_EMULATOR })
    }
}
