//! Words the error for a value that is not one of the allowed values, in the same way for options, variables, the
//! config file and words without an option.

use crate::report::error::CliError;

/// Returns the message about such a value. `name` is the name of the option, the variable or the word.
pub(crate) fn message(name: &str, value: &str, choices: &[&str]) -> String {
    format!("'{value}' is not a valid value for '{name}'. Allowed values: {}.", choices.join(", "))
}

/// Returns the usage error about such a value.
pub(crate) fn error(name: &str, value: &str, choices: &[&str]) -> CliError {
    CliError::usage(message(name, value, choices))
}
