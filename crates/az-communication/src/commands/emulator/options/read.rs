//! Reads an option from the command line or from its variable.

use std::path::PathBuf;

use crate::commands::emulator::options::path_text::text_of;
use crate::knack::argument::Argument;
use crate::knack::config::parse_bool;
use crate::knack::invocation::Invocation;
use crate::knack::variables::{self, Given};
use crate::report::error::CliError;

/// Returns the value of an option.
///
/// # Errors
///
/// Fails when the value is empty.
pub(crate) fn given(invocation: &Invocation<'_>, argument: &Argument) -> Result<Option<Given>, CliError> {
    match invocation.arguments.get(argument) {
        Some("") => Err(CliError::usage(format!("{} is empty.", argument.key()))),
        value => Ok(value.map(|value| Given { value: value.to_owned(), named_by: argument.key().to_owned() })),
    }
}

/// Returns the value of an option, or of its variable.
///
/// # Errors
///
/// Fails when the option has an empty value, or when the variable is not UTF-8.
pub(crate) fn option(invocation: &Invocation<'_>, argument: &Argument) -> Result<Option<Given>, CliError> {
    Ok(match given(invocation, argument)? {
        None => variable(invocation, argument)?,
        given => given,
    })
}

/// Returns the value of the variable for an option of this command.
///
/// # Errors
///
/// Fails when it is not UTF-8.
pub(crate) fn variable(invocation: &Invocation<'_>, argument: &Argument) -> Result<Option<Given>, CliError> {
    variable_name(invocation, argument).map_or(Ok(None), variables::value)
}

pub(crate) fn variable_name(invocation: &Invocation<'_>, argument: &Argument) -> Option<String> {
    let arguments = invocation.command.spec.arguments;
    arguments.iter().find(|known| known.key() == argument.key()).and_then(Argument::variable_name)
}

/// Returns whether a flag is given, or its variable is true.
///
/// # Errors
///
/// Fails when the value of the variable is not a boolean.
pub(crate) fn flag(invocation: &Invocation<'_>, argument: &Argument) -> Result<bool, CliError> {
    if invocation.arguments.has(argument) {
        return Ok(true);
    }
    let Some(given) = variable(invocation, argument)? else { return Ok(false) };
    parse_bool(&given.value).ok_or_else(|| given.is_not("a boolean").hint("Set it to yes or no."))
}

/// Returns the values of an option that takes several, or the values of its variable, which are separated by commas or
/// blanks.
///
/// # Errors
///
/// Fails when a value is given and empty, or when the variable is not UTF-8.
pub(crate) fn list(invocation: &Invocation<'_>, argument: &Argument) -> Result<Vec<Given>, CliError> {
    if !invocation.arguments.has(argument) {
        let Some(Given { value, named_by }) = variable(invocation, argument)? else { return Ok(Vec::new()) };
        let one = |value: &str| Given { value: value.to_owned(), named_by: named_by.clone() };
        let values = value.split(|c: char| c == ',' || c.is_whitespace()).filter(|value| !value.is_empty());
        return Ok(values.map(one).collect());
    }
    let values = invocation.arguments.list(argument).iter();
    values
        .map(|value| match value.is_empty() {
            true => Err(CliError::usage(format!("{} is empty.", argument.key()))),
            false => Ok(Given { value: value.clone(), named_by: argument.key().to_owned() }),
        })
        .collect()
}

/// Returns an absolute path, which stays valid in other working folders.
///
/// # Errors
///
/// Fails when the path is not UTF-8.
pub(crate) fn absolute(folder: PathBuf) -> Result<PathBuf, CliError> {
    let folder = std::path::absolute(&folder).unwrap_or(folder);
    // The ready line contains the path, so it must be text.
    text_of(&folder)?;
    Ok(folder)
}
