//! Parses durations as people write them: `90m`, `1h30m`, `2 days`, `PT90M`.

/// The units from the longest to the shortest: their length in seconds and their names.
const UNITS: [(i64, &[&str]); 5] = [
    (7 * 86_400, &["w", "wk", "wks", "week", "weeks"]),
    (86_400, &["d", "day", "days"]),
    (3600, &["h", "hr", "hrs", "hour", "hours"]),
    (60, &["m", "min", "mins", "minute", "minutes"]),
    (1, &["s", "sec", "secs", "second", "seconds"]),
];

/// Parses a duration and returns it in seconds. It may be `90m`, `1h30m`, `1.5h`, `90 min`, `1 day`, `45s`, ISO 8601
/// (`PT90M`, `P1DT12H`), or a number of minutes. A minus sign means a time in the past.
pub fn parse_duration(text: &str) -> Option<i64> {
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

/// Parses a duration as [`parse_duration`] does, but only with a unit: a number alone could mean seconds or minutes.
pub fn parse_duration_with_unit(text: &str) -> Option<i64> {
    let has_unit = text.parse::<f64>().map_or(true, |number| number == 0.0);
    parse_duration(text).filter(|_| has_unit)
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
    fn a_unit_may_be_required() {
        assert_eq!(parse_duration_with_unit("2h"), Some(7200));
        assert_eq!(parse_duration_with_unit("-PT2H"), Some(-7200));
        assert_eq!(parse_duration_with_unit("0"), Some(0));
        for text in ["2", "-2", "1.5", ""] {
            assert_eq!(parse_duration_with_unit(text), None, "{text}");
        }
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
