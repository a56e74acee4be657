//! The variables that stand in for the emulator's options: AZURE_COMMUNICATION_EMULATOR_PORT for `--port`, and so on.

use std::env;
use std::net::IpAddr;

use acs_identity_protocol::connection_string::DEVELOPMENT_PORT;

use crate::knack::values::number;
use crate::report::error::CliError;

/// A value, and the option or variable that it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The value, not empty.
    pub value: String,
    /// What errors name.
    pub named_by: String,
}

impl Given {
    /// An error about the value, which is shown: nothing for keys.
    pub fn is_not(&self, what: &str) -> CliError {
        CliError::usage(format!("{} is not {what}: '{}'.", self.named_by, self.value))
    }

    /// The value as a port.
    ///
    /// # Errors
    ///
    /// A usage error where it is not a number from 0 to 65535.
    pub fn port(&self) -> Result<u16, CliError> {
        number::parse(&self.named_by, &self.value, &(0..=u16::MAX))
    }
}

/// The variable that stands in for an option.
pub fn name_of(option: &str) -> String {
    let name = option.trim_start_matches('-').replace('-', "_").to_ascii_uppercase();
    format!("AZURE_COMMUNICATION_EMULATOR_{name}")
}

/// The value of an option's variable. An empty one counts as not set.
///
/// # Errors
///
/// When it is not UTF-8.
pub fn value_of(option: &str) -> Result<Option<Given>, CliError> {
    value(name_of(option))
}

/// The value of a variable of that name. An empty one counts as not set.
///
/// # Errors
///
/// When it is not UTF-8.
pub fn value(named_by: String) -> Result<Option<Given>, CliError> {
    let Some(value) = env::var_os(&named_by).filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    let value = value.into_string().map_err(|_| CliError::usage(format!("{named_by} is not valid UTF-8.")))?;
    Ok(Some(Given { value, named_by }))
}

/// Whether a variable is set, and empty.
pub fn is_empty(name: &str) -> bool {
    env::var_os(name).is_some_and(|value| value.is_empty())
}

/// Where the emulator of this machine is reached when it was started with the same variables: host and port.
///
/// # Errors
///
/// When the variables do not say so.
pub fn development_host() -> Result<String, CliError> {
    let port = match value_of("--port")? {
        None => DEVELOPMENT_PORT,
        Some(given) => match given.port()? {
            0 => {
                return Err(CliError::new(format!("{} is 0, so the emulator's port is not known.", given.named_by))
                    .hint("Use the connection string that the emulator prints when it starts."));
            }
            port => port,
        },
    };
    Ok(place(value_of("--host")?.map(|given| given.value).as_deref(), port))
}

/// Where an emulator that listens on that host and port is reached on its own machine: host and port of a URL.
pub fn place(host: Option<&str>, port: u16) -> String {
    let host = host.unwrap_or("localhost");
    match host.parse::<IpAddr>() {
        Ok(address) if address.is_unspecified() => format!("localhost:{port}"),
        Ok(IpAddr::V6(address)) => format!("[{address}]:{port}"),
        _ => format!("{host}:{port}"),
    }
}
