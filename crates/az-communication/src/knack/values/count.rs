//! Parses numbers in the arguments of a command.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use crate::knack::argument::Argument;
use crate::knack::invocation::Invocation;
use crate::knack::values::number::parse;
use crate::report::error::CliError;

/// Returns the number that an option has, or `None` if the option is not given.
///
/// # Errors
///
/// See [`parse`].
pub(crate) fn number<T>(
    invocation: &Invocation<'_>,
    option: &Argument,
    range: &RangeInclusive<T>,
) -> Result<Option<T>, CliError>
where
    T: FromStr + PartialOrd + Display,
{
    invocation.arguments.get(option).map(|text| parse(option.key(), text, range)).transpose()
}
