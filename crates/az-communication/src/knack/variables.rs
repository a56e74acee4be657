//! The environment variables that replace options of the emulator: AZURE_COMMUNICATION_EMULATOR_PORT for `--port`, and
//! so on.

use std::env;
use std::time::Duration;

use crate::knack::values::duration::Durations;
use crate::knack::values::number;
use crate::report::error::CliError;

/// A value with the name of the option or variable that it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The value. It is not empty.
    pub value: String,
    /// The name of the option or variable, for errors.
    pub named_by: String,
}

impl Given {
    /// Creates an error about the value. The error shows the value, so this must not be used for keys.
    pub fn is_not(&self, what: &str) -> CliError {
        CliError::usage(format!("{} is not {what}: '{}'.", self.named_by, self.value))
    }

    /// Parses the value as a duration. The range must not contain negative durations.
    ///
    /// # Errors
    ///
    /// Returns a usage error if the value is not one of these durations.
    pub(crate) fn duration(&self, durations: &Durations) -> Result<Duration, CliError> {
        let seconds = durations.parse(&self.named_by, &self.value)?;
        Ok(Duration::from_secs(seconds.unsigned_abs()))
    }

    /// Parses the value as a port.
    ///
    /// # Errors
    ///
    /// Returns a usage error if the value is not a number from 0 to 65535.
    pub fn port(&self) -> Result<u16, CliError> {
        number::parse(&self.named_by, &self.value, &(0..=u16::MAX))
    }
}

/// The beginning of the names of these variables.
pub const PREFIX: &str = "AZURE_COMMUNICATION_EMULATOR_";

/// Returns the name of the variable that replaces an option.
pub(in crate::knack) fn name_of(option: &str) -> String {
    let name = option.trim_start_matches('-').replace('-', "_").to_ascii_uppercase();
    format!("{PREFIX}{name}")
}

/// Returns the value of a variable. An empty variable counts as not set.
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

/// Checks whether a variable is set and empty.
pub fn is_empty(name: &str) -> bool {
    env::var_os(name).is_some_and(|value| value.is_empty())
}
