//! Parses durations in the values of our own options, with one rule, one message and one exit code.

use std::ops::RangeInclusive;

use crate::report::error::CliError;

/// The units from the longest to the shortest: their length in seconds and their names.
const UNITS: [(i64, &[&str]); 5] = [
    (7 * 86_400, &["w", "wk", "wks", "week", "weeks"]),
    (86_400, &["d", "day", "days"]),
    (3600, &["h", "hr", "hrs", "hour", "hours"]),
    (60, &["m", "min", "mins", "minute", "minutes"]),
    (1, &["s", "sec", "secs", "second", "seconds"]),
];

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
                && (!self.needs_unit || *seconds == 0 || text.contains(|c: char| c.is_ascii_alphabetic()))
        };
        parse_duration(text).filter(accepted).ok_or_else(|| {
            let first = in_words(*self.range.start());
            let range = match *self.range.end() {
                i64::MAX => format!("of at least {first}"),
                last => format!("from {first} to {}", in_words(last)),
            };
            let whole = if self.whole_minutes { " in whole minutes" } else { "" };
            let examples = match self.needs_unit {
                true => "Write a number with a unit: 30s, 2m or 1h.",
                false => "Write 90m, 1h30m, 1d, PT90M, or 90 for minutes.",
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

/// Parses a duration and returns it in seconds. It may be `90m`, `1h30m`, `1.5h`, `90 min`, `1 day`, `45s`, ISO 8601
/// (`PT90M`, `P1DT12H`), or a number of minutes. A minus sign means a time in the past.
fn parse_duration(text: &str) -> Option<i64> {
    let mut last = i64::MAX;
    let text = text.trim().to_ascii_lowercase();
    let (sign, rest) = text.strip_prefix('-').map_or((1, text.as_str()), |rest| (-1, rest));
    let seconds = match rest.strip_prefix('p') {
        Some(parts) => parse_iso(parts)?,
        None if !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()) => {
            rest.parse::<i64>().ok()?.checked_mul(60)?
        }
        None => parse_parts(rest, &mut last)?,
    };
    seconds.checked_mul(sign)
}

/// Parses an ISO 8601 duration after the `P`: days and weeks, then `T` and the rest. `M` before the `T` would be
/// months.
fn parse_iso(parts: &str) -> Option<i64> {
    if parts.contains(' ') {
        return None;
    }
    let mut last = i64::MAX;
    let Some((date, time)) = parts.split_once('t') else {
        return parse_parts(parts, &mut last).filter(|_| last >= 86_400);
    };
    let days = if date.is_empty() { 0 } else { parse_parts(date, &mut last).filter(|_| last >= 86_400)? };
    last = last.min(86_400);
    parse_parts(time, &mut last)?.checked_add(days)
}

/// Parses numbers with units. Each unit must be shorter than the one before (`last`, in seconds).
fn parse_parts(text: &str, last: &mut i64) -> Option<i64> {
    let mut rest = text.trim();
    let mut total: i64 = 0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let number = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, behind) = rest.split_at(number);
        let behind = behind.trim_start();
        let end = behind.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(behind.len());
        let (name, behind) = behind.split_at(end);
        let (unit, _) = UNITS.into_iter().find(|(_, names)| names.contains(&name))?;
        if unit >= *last {
            return None;
        }
        *last = unit;
        total = total.checked_add(times(number, unit)?)?;
        rest = behind.trim_start();
    }
    Some(total)
}

/// Multiplies a number, with or without decimals, by a unit. Returns `None` if the result is not a whole number of
/// seconds.
fn times(number: &str, unit: i64) -> Option<i64> {
    let Some((whole, decimals)) = number.split_once('.') else {
        return number.parse::<i64>().ok()?.checked_mul(unit);
    };
    if decimals.is_empty() || decimals.len() > 9 || decimals.contains('.') {
        return None;
    }
    let scale = 10_i64.pow(u32::try_from(decimals.len()).ok()?);
    let fraction = decimals.parse::<i64>().ok()?.checked_mul(unit)?;
    let whole = whole.parse::<i64>().ok()?.checked_mul(unit)?;
    (fraction % scale == 0).then(|| whole.checked_add(fraction / scale))?
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn durations_are_read_in_every_form() {
        for (text, seconds) in [
            ("90m", 5400),
            ("1h", 3600),
            ("1h30m", 5400),
            ("1h 30m", 5400),
            ("1H30M", 5400),
            ("PT90M", 5400),
            ("pt1h30m", 5400),
            ("P1D", 86_400),
            ("P1DT12H", 129_600),
            ("P1W", 604_800),
            ("PT1.5H", 5400),
            ("1d", 86_400),
            ("1 day", 86_400),
            ("90 min", 5400),
            ("90 minutes", 5400),
            ("2 hours", 7200),
            ("1.5h", 5400),
            ("0.5 d", 43_200),
            ("1 hour 30 minutes", 5400),
            ("90", 5400),
            (" 90 ", 5400),
            ("45s", 45),
            ("-5m", -300),
            ("0", 0),
        ] {
            assert_eq!(parse_duration(text), Some(seconds), "{text}");
        }
        for text in [
            "",
            "m",
            "30m1h",
            "1h1h",
            "PT5",
            "P",
            "PT",
            "P1M",
            "P90M",
            "PT1D",
            "P 1D",
            "1h30",
            "1.h",
            "1.2.3h",
            "1,5h",
            "soon",
            "1 fortnight",
            "0.3s",
            "--5m",
            "99999999999999999999",
            "9999999999999999d",
            "\u{661}h",
        ] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }
}
