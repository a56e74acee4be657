//! The forms of `Retry-After` that azure_core does not read.

use azure_core::http::headers::{Headers, RETRY_AFTER};
use azure_core::time::OffsetDateTime;

/// A number of seconds that does not fit azure_core's type becomes this: about 30 years.
const LONGEST: &str = "1000000000";

/// Writes the header in a form that azure_core reads. HTTP has two old forms of dates, which clients must read, too
/// (RFC 9110, section 5.6.7): `Sunday, 06-Nov-94 08:49:37 GMT` and `Sun Nov  6 08:49:37 1994`.
pub(super) fn normalize(headers: &mut Headers) {
    let Some(value) = headers.get_optional_str(&RETRY_AFTER) else { return };
    let value = value.trim();
    let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let other = match is_number {
        true => value.parse::<i64>().is_err().then(|| LONGEST.to_owned()),
        false => of_rfc_850(value, OffsetDateTime::now_utc().year()).or_else(|| of_asctime(value)),
    };
    if let Some(other) = other {
        headers.insert(RETRY_AFTER, other);
    }
}

fn of_rfc_850(value: &str, this_year: i32) -> Option<String> {
    let (weekday, rest) = value.split_once(", ")?;
    let (date, time) = rest.split_once(' ')?;
    let [day, month, year] = date.split('-').collect::<Vec<_>>()[..] else { return None };
    let year = i32::from(year.parse::<u8>().ok().filter(|number| *number < 100)?) + this_year / 100 * 100;
    // A year that seems to be more than 50 years ahead is in the past.
    let year = if year > this_year + 50 { year - 100 } else { year };
    Some(format!("{}, {day} {month} {year:04} {time}", weekday.get(..3)?))
}

fn of_asctime(value: &str) -> Option<String> {
    let [weekday, month, day, time, year] = value.split_ascii_whitespace().collect::<Vec<_>>()[..] else {
        return None;
    };
    Some(format!("{weekday}, {:02} {month} {year} {time} GMT", day.parse::<u8>().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn m7_all_dates_of_http_and_large_numbers_are_read() {
        for (value, expected) in [
            ("Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT"),
            ("Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 08:49:37 GMT"),
            ("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT"),
            ("18446744073709551615", LONGEST),
            ("7", "7"),
            ("inf", "inf"),
            ("soon, or later", "soon, or later"),
            ("", ""),
        ] {
            let mut headers = Headers::new();
            headers.insert(RETRY_AFTER, value);
            normalize(&mut headers);
            assert_eq!(headers.get_optional_str(&RETRY_AFTER), Some(expected), "{value}");
        }
        let date = "Monday, 01-Jan-40 00:00:00 GMT";
        assert_eq!(of_rfc_850(date, 2026).as_deref(), Some("Mon, 01 Jan 2040 00:00:00 GMT"));
        assert_eq!(of_rfc_850(date, 1987).as_deref(), Some("Mon, 01 Jan 1940 00:00:00 GMT"));
    }
}
