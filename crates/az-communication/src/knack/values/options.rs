//! Reads the numbers and durations that the options of a command have.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use crate::knack::argument::Argument;
use crate::knack::invocation::Invocation;
use crate::knack::values::duration::Durations;
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

/// Returns the duration in seconds that an option has, or `None` if the option is not given.
///
/// # Errors
///
/// See [`Durations::parse`].
pub(crate) fn duration(
    invocation: &Invocation<'_>,
    option: &Argument,
    durations: &Durations,
) -> Result<Option<i64>, CliError> {
    invocation.given(option).map(|text| durations.parse(option.key(), text)).transpose()
}
