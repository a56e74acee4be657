//! Parses numbers in the values of our own options, with one rule, one message and one exit code.

use std::fmt::Display;
use std::num::IntErrorKind;
use std::ops::RangeInclusive;
use std::str::FromStr;

use crate::report::error::CliError;

/// Parses the number that an option or a variable of that name has.
///
/// # Errors
///
/// Returns a usage error if the text is not a number in this range. A number consists of digits, with or without a sign
/// before them.
pub fn parse<T>(name: &str, text: &str, range: &RangeInclusive<T>) -> Result<T, CliError>
where
    T: FromStr + PartialOrd + Display,
{
    text.parse().ok().filter(|number| range.contains(number)).ok_or_else(|| {
        let (first, last) = (range.start(), range.end());
        CliError::usage(format!("{name} must be a number from {first} to {last}, but it is '{text}'."))
    })
}

/// Parses a number that has a least value only. The greatest number of the type is named if the number is greater.
///
/// # Errors
///
/// Returns a usage error if the text is not such a number.
pub(crate) fn parse_at_least(name: &str, text: &str, least: u64) -> Result<u64, CliError> {
    let limit = match text.parse::<u64>() {
        Ok(number) if number >= least => return Ok(number),
        Err(error) if *error.kind() == IntErrorKind::PosOverflow => format!("at most {}", u64::MAX),
        _ => format!("at least {least}"),
    };
    Err(CliError::usage(format!("{name} must be a whole number of {limit}, but it is '{text}'.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_consist_of_digits_and_a_sign_and_are_in_the_range() {
        let parse = |text: &str| parse::<u32>("--count", text, &(1..=100)).map_err(|error| error.message);
        assert_eq!(parse("1"), Ok(1));
        assert_eq!(parse("+100"), Ok(100));
        for wrong in ["0", "101", "-1", "1.0", "1e2", " 1", "99999999999999999999", "x"] {
            let expected = format!("--count must be a number from 1 to 100, but it is '{wrong}'.");
            assert_eq!(parse(wrong), Err(expected), "{wrong}");
        }
    }

    #[test]
    fn a_number_without_a_greatest_value_is_refused_with_the_least_one() {
        let parse = |text: &str| parse_at_least("--times", text, 1).map_err(|error| error.message);
        assert_eq!(parse("1"), Ok(1));
        assert_eq!(parse("18446744073709551615"), Ok(u64::MAX));
        for wrong in ["0", "-1", "1.5", "x", ""] {
            let expected = format!("--times must be a whole number of at least 1, but it is '{wrong}'.");
            assert_eq!(parse(wrong), Err(expected), "{wrong}");
        }
        let expected =
            "--times must be a whole number of at most 18446744073709551615, but it is '18446744073709551616'.";
        assert_eq!(parse("18446744073709551616"), Err(expected.to_owned()));
    }
}
