//! Numbers among the arguments of a command.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use crate::knack::argument::Argument;
use crate::knack::invocation::Invocation;
use crate::knack::values::number::parse;
use crate::report::error::CliError;

/// The number that an option has; `None` where the option is not given.
///
/// # Errors
///
/// As [`parse`].
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
