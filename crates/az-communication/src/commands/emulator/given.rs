//! Reads the options of the emulator, each from the command line or from its variable.

use std::path::PathBuf;

use crate::commands::emulator::ready::text_of;
use crate::knack::argument::Argument;
use crate::knack::config::parse_bool;
use crate::knack::invocation::Invocation;
use crate::knack::variables::{self, Given};
use crate::report::error::CliError;

/// The value of an option.
///
/// # Errors
///
/// When it is empty.
pub(crate) fn given(invocation: &Invocation<'_>, argument: &Argument) -> Result<Option<Given>, CliError> {
    match invocation.arguments.get(argument) {
        Some("") => Err(CliError::usage(format!("{} is empty.", argument.key()))),
        value => Ok(value.map(|value| Given { value: value.to_owned(), named_by: argument.key().to_owned() })),
    }
}

/// The value of an option, else of its variable.
///
/// # Errors
///
/// When it is given and empty, or the variable is not UTF-8.
pub(crate) fn option(invocation: &Invocation<'_>, argument: &Argument) -> Result<Option<Given>, CliError> {
    Ok(match given(invocation, argument)? {
        None => variable(invocation, argument)?,
        given => given,
    })
}

/// The value of the variable that the command has for an option.
///
/// # Errors
///
/// When it is not UTF-8.
pub(crate) fn variable(invocation: &Invocation<'_>, argument: &Argument) -> Result<Option<Given>, CliError> {
    variable_name(invocation, argument).map_or(Ok(None), variables::value)
}

pub(crate) fn variable_name(invocation: &Invocation<'_>, argument: &Argument) -> Option<String> {
    let arguments = invocation.command.spec.arguments;
    arguments.iter().find(|known| known.key() == argument.key()).and_then(Argument::variable_name)
}

/// Whether a flag is given, or its variable says yes.
///
/// # Errors
///
/// When the variable says neither yes nor no.
pub(crate) fn flag(invocation: &Invocation<'_>, argument: &Argument) -> Result<bool, CliError> {
    if invocation.arguments.has(argument) {
        return Ok(true);
    }
    let Some(given) = variable(invocation, argument)? else { return Ok(false) };
    parse_bool(&given.value).ok_or_else(|| given.is_not("a boolean").hint("Set it to yes or no."))
}

/// The values of an option that takes several, else those of its variable, with commas or blanks between them.
///
/// # Errors
///
/// When one is given and empty, or the variable is not UTF-8.
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

/// A path that stays the same in other working folders.
///
/// # Errors
///
/// When it is not UTF-8.
pub(crate) fn absolute(folder: PathBuf) -> Result<PathBuf, CliError> {
    let folder = std::path::absolute(&folder).unwrap_or(folder);
    // The ready line names it.
    text_of(&folder)?;
    Ok(folder)
}
