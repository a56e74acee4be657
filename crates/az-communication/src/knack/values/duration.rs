//! Parses durations in the values of our own options, with one message and one exit code.

use std::ops::RangeInclusive;

use acs_identity_protocol::duration::{parse_duration, parse_duration_with_unit};

use crate::report::error::CliError;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

/// A day in seconds, for ranges.
pub(crate) const DAY: i64 = 24 * HOUR;

/// The longest duration where the service checks the range, in seconds. A longer one is a mistake.
const LONGEST: i64 = 100 * 365 * DAY;

/// The durations that an option accepts.
pub(crate) struct Durations {
    range: RangeInclusive<i64>,
    /// Whether the program checks the range. Otherwise the service does.
    is_checked: bool,
    whole_minutes: bool,
    needs_unit: bool,
}

impl Durations {
    /// Accepts the durations in this range of seconds.
    pub(crate) const fn of(range: RangeInclusive<i64>) -> Self {
        Self { range, is_checked: true, whole_minutes: false, needs_unit: false }
    }

    /// Accepts all durations. The service refuses those outside the range, so that the program needs no change when the
    /// service accepts more.
    pub(crate) const fn checked_by_the_service(self) -> Self {
        Self { is_checked: false, ..self }
    }

    /// Accepts whole minutes only.
    pub(crate) const fn whole_minutes(self) -> Self {
        Self { whole_minutes: true, ..self }
    }

    /// Refuses a number without a unit, except 0. Users of such an option would expect seconds, and not minutes.
    pub(crate) const fn with_unit(self) -> Self {
        Self { needs_unit: true, ..self }
    }

    /// Returns the duration in seconds that an option or a variable of that name has.
    ///
    /// # Errors
    ///
    /// Returns a usage error if the text is not one of these durations.
    pub(crate) fn parse(&self, name: &str, text: &str) -> Result<i64, CliError> {
        let accepted = |seconds: &i64| {
            (if self.is_checked { self.range.contains(seconds) } else { seconds.abs() <= LONGEST })
                && (!self.whole_minutes || seconds % MINUTE == 0)
        };
        let parse = if self.needs_unit { parse_duration_with_unit } else { parse_duration };
        parse(text).filter(accepted).ok_or_else(|| {
            let first = in_words(*self.range.start());
            let range = match *self.range.end() {
                i64::MAX => format!("of at least {first}"),
                last => format!("from {first} to {}", in_words(last)),
            };
            let whole = if self.whole_minutes { " in whole minutes" } else { "" };
            let examples = match self.needs_unit {
                true => "Write a number with a unit: 30s, 2m or 1h.",
                false if accepted(&DAY) => "Write 90m, 1h30m, 1d, PT90M, or 90 for minutes.",
                // Where a day is too long, shorter examples are valid.
                false => "Write 30s, 5m, PT5M, or 5 for minutes.",
            };
            CliError::usage(format!("{name} must be a duration{whole} {range}, but it is '{text}'.")).hint(examples)
        })
    }
}

/// Returns a duration with the greatest unit that leaves a whole number. A single day is 24 hours.
fn in_words(seconds: i64) -> String {
    match seconds {
        0 => "0s".to_owned(),
        days if days % DAY == 0 && days.abs() != DAY => format!("{}d", days / DAY),
        hours if hours % HOUR == 0 => format!("{}h", hours / HOUR),
        minutes if minutes % MINUTE == 0 => format!("{}m", minutes / MINUTE),
        seconds => format!("{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_hint_are_valid_where_only_short_durations_are() {
        let durations = Durations::of(0..=15 * MINUTE);
        let hint = durations.parse("--for", "20m").unwrap_err().hints;
        assert_eq!(hint, ["Write 30s, 5m, PT5M, or 5 for minutes."]);
        for example in ["30s", "5m", "PT5M", "5"] {
            assert!(durations.parse("--for", example).is_ok(), "{example}");
        }
    }

    #[test]
    fn a_duration_outside_the_range_is_refused_with_the_range() {
        let said = |durations: &Durations, text: &str| durations.parse("--for", text).map_err(|error| error.message);
        let checked = Durations::of(0..=15 * MINUTE);
        assert_eq!(said(&checked, "15m"), Ok(900));
        for wrong in ["16m", "-1s", "soon", ""] {
            let expected = format!("--for must be a duration from 0s to 15m, but it is '{wrong}'.");
            assert_eq!(said(&checked, wrong), Err(expected), "{wrong}");
        }
        let expected = "--for must be a duration of at least 0s, but it is '-1s'.";
        assert_eq!(said(&Durations::of(0..=i64::MAX), "-1s"), Err(expected.to_owned()));
        let minutes = Durations::of(HOUR..=DAY).whole_minutes().checked_by_the_service();
        assert_eq!(said(&minutes, "59m"), Ok(59 * MINUTE));
        let expected = "--for must be a duration in whole minutes from 1h to 24h, but it is '90s'.";
        assert_eq!(said(&minutes, "90s"), Err(expected.to_owned()));
        let with_unit = Durations::of(0..=365 * DAY).with_unit();
        assert_eq!(said(&with_unit, "0"), Ok(0));
        assert_eq!(said(&with_unit, "PT1M"), Ok(60));
        let expected = "--for must be a duration from 0s to 365d, but it is '30'.";
        assert_eq!(said(&with_unit, "30"), Err(expected.to_owned()));
    }
}
