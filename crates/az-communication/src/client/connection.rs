//! Which service to talk to, and with what: the connection string and where it comes from.

use acs_identity_protocol::{ConnectionString, connection_string::EXPECTED_FORM};

use super::trust::Trust;
use crate::cli::Arguments;
use crate::cli::table::{Argument, Completion};
use crate::config::Config;
use crate::emulator_files;
use crate::error::{CliError, HintPolicy, system_text};

/// The arguments of every command that talks to the service.
pub const fn connect_options() -> Argument {
    Argument::new(
        &["--connection-string"],
        "Communication connection string. Environment variable: AZURE_COMMUNICATION_CONNECTION_STRING.",
    )
    .group("Communication")
    .completion(Completion::Nothing)
}

/// A service and how to authenticate with it.
#[derive(Debug)]
pub struct Connection {
    /// The connection string.
    pub connection_string: ConnectionString,
}

impl Connection {
    /// Finds the connection string: the argument, else the variable, else the config file.
    ///
    /// # Errors
    ///
    /// When there is none, or it is malformed. The message says which part is wrong and never shows the key.
    pub fn find(arguments: &Arguments, config: &Config) -> Result<Self, CliError> {
        // An empty argument is no argument, as in the reference; an empty variable is an empty connection string.
        let given = arguments.get("--connection-string").filter(|text| !text.is_empty()).map(str::to_owned);
        let text = match given {
            Some(text) => Some(text),
            None => config.get("communication", "connection_string")?,
        };
        let Some(text) = text else {
            // The first line is the reference's to the byte.
            return Err(CliError::new(
                "Please specify --connection-string, or set AZURE_COMMUNICATION_CONNECTION_STRING.",
            )
            .hint("The Azure portal shows it under Settings > Keys of the Communication Services resource.")
            .hint("To work offline: az communication emulator run -- COMMAND")
            .hint_policy(HintPolicy::Terminal));
        };
        if let Some(path) = text.strip_prefix('@') {
            let reason =
                std::fs::read(path).err().map_or_else(String::new, |error| format!(": {}", system_text(&error)));
            return Err(CliError::new(format!(
                "The connection string was to be read from the file '{path}', which cannot be read{reason}."
            ))
            .hint("Give the file's path behind the @, or the connection string itself."));
        }
        let connection_string = text.parse().map_err(|error| {
            CliError::new(format!("{error}")).hint(format!(
                "Copy it from Settings > Keys of the resource in the Azure portal. Its form is {EXPECTED_FORM}"
            ))
        })?;
        Ok(Self { connection_string })
    }

    /// The well-known emulator of this machine, for commands that are about it.
    pub fn development_emulator() -> Self {
        Self { connection_string: ConnectionString::development_emulator() }
    }

    /// Whom to trust for this connection.
    ///
    /// # Errors
    ///
    /// When it is the well-known emulator and none was ever started here.
    pub(super) fn trust(&self) -> Result<Trust, CliError> {
        if !self.connection_string.development_emulator {
            return Ok(Trust::from_environment());
        }
        Ok(Trust::Bundle { path: emulator_files::ca_certificate()?, named_by: "UseDevelopmentEmulator=true" })
    }
}
