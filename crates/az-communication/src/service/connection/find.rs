//! Finds the service and the credential in the arguments, the environment and the config file.

use acs_identity_protocol::connection_string::{ConnectionString, ConnectionStringError, DEVELOPMENT_ACCESS_KEY};
use acs_identity_protocol::endpoint::{EndpointFault, host_and_path, shown};

use super::errors::{from_a_file, malformed, nothing_given, source};
use super::options::{AUTH_MODE, AUTH_MODES, CONNECTION_STRING, ENDPOINT};
use super::{Auth, Connection, is_url_host};
use crate::knack::arguments::Arguments;
use crate::knack::config::Config;
use crate::knack::globals::SUBSCRIPTION;
use crate::knack::pasted;
use crate::knack::values::choice;
use crate::report::error::CliError;
use crate::report::{redact, secrets};
use crate::service::emulator_options;

impl Connection {
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
            Some("key") => Self::of_key(arguments, config)?.ok_or_else(nothing_given),
            Some(other) => Err(choice::error(&source("auth_mode"), other, &AUTH_MODES)),
            None if given.is_some() => Self::login(arguments, config),
            None => match Self::of_key(arguments, config) {
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
            let connection = Self::of_key(arguments, config)?.ok_or_else(|| {
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
    ///
    /// # Errors
    ///
    /// When the connection string is malformed.
    pub(crate) fn of_key(arguments: &Arguments, config: &Config) -> Result<Option<Self>, CliError> {
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
            connection.host = emulator_options::development_host()?;
        }
        Ok(Some(connection))
    }
}

/// Registers the keys of a connection string as secrets, so that no message shows them.
fn hide_keys(text: &str) {
    for (name, value) in text.split(';').filter_map(|part| part.split_once('=')) {
        if name.trim().eq_ignore_ascii_case("accesskey") && value != DEVELOPMENT_ACCESS_KEY {
            secrets::hide(value);
        }
    }
}
