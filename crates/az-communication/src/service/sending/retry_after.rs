//! Reads how long an answer asks to wait: `Retry-After` and similar headers, as Python azure-core 1.39 reads them.

use std::time::{Duration, SystemTime};

use azure_core::http::headers::Headers;

use crate::transport::http::header;

/// The longest wait. If an answer asks for more, no further request is sent, because it would be refused again.
pub(crate) const MAX_WAIT: Duration = Duration::from_secs(3600);

/// The wait that an answer asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Wait {
    /// No wait, or a wait that is over.
    None,
    /// A wait of this length.
    For(Duration),
    /// A wait longer than [`MAX_WAIT`], in seconds. It may be infinite.
    TooLong(f64),
}

/// Returns the wait that an answer asks for.
pub(crate) fn retry_after(headers: &Headers) -> Wait {
    let seconds = match header::given(headers, "retry-after") {
        Some(value) => seconds(value, headers),
        None => header::given(headers, "retry-after-ms")
            .or_else(|| header::given(headers, "x-ms-retry-after-ms"))
            .and_then(|value| seconds(value, headers))
            .map(|millis| millis / 1000.0),
    };
    match seconds {
        Some(seconds) if seconds > MAX_WAIT.as_secs_f64() => Wait::TooLong(seconds),
        Some(seconds) if seconds > 0.0 => Duration::try_from_secs_f64(seconds).map_or(Wait::None, Wait::For),
        _ => Wait::None,
    }
}

/// Parses a number of seconds, or a date. For a date, the time of the service is used if the answer contains it.
fn seconds(value: &str, headers: &Headers) -> Option<f64> {
    number(value.trim()).or_else(|| {
        let until = httpdate::parse_http_date(value.trim()).ok()?;
        let now = header::given(headers, "date").and_then(|date| httpdate::parse_http_date(date).ok());
        let now = now.unwrap_or_else(SystemTime::now);
        Some(until.duration_since(now).map_or(0.0, |wait| wait.as_secs_f64()))
    })
}

/// Parses a number like Python's `float`, including `inf`, `1e400` and `1_000`.
fn number(text: &str) -> Option<f64> {
    let bytes = text.as_bytes();
    let digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    let misplaced = (0..bytes.len()).any(|at| bytes[at] == b'_' && !(digit(at.checked_sub(1)) && digit(Some(at + 1))));
    if misplaced {
        return None;
    }
    text.replace('_', "").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(pairs: &[(&'static str, &'static str)]) -> Wait {
        let mut headers = Headers::new();
        pairs.iter().for_each(|(name, value)| headers.insert(*name, *value));
        retry_after(&headers)
    }

    #[test]
    fn numbers_are_read_as_by_python() {
        for (value, expected) in [
            ("1.5", Wait::For(Duration::from_millis(1500))),
            ("1_0", Wait::For(Duration::from_secs(10))),
            (" 3600 ", Wait::For(MAX_WAIT)),
            ("0", Wait::None),
            ("-5", Wait::None),
            ("nan", Wait::None),
            ("soon", Wait::None),
            ("1__0", Wait::None),
            ("3601", Wait::TooLong(3601.0)),
            ("inf", Wait::TooLong(f64::INFINITY)),
            ("Infinity", Wait::TooLong(f64::INFINITY)),
            ("1e400", Wait::TooLong(f64::INFINITY)),
            ("99999999999999999999999", Wait::TooLong(99_999_999_999_999_999_999_999.0)),
        ] {
            assert_eq!(wait(&[("retry-after", value)]), expected, "{value}");
        }
        assert_eq!(wait(&[("retry-after-ms", "200")]), Wait::For(Duration::from_millis(200)));
        assert_eq!(wait(&[("x-ms-retry-after-ms", "inf")]), Wait::TooLong(f64::INFINITY));
    }

    #[test]
    fn dates_are_read_in_three_formats() {
        let date = "Sun, 06 Nov 1994 08:49:07 GMT";
        for value in ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"] {
            assert_eq!(wait(&[("retry-after", value), ("date", date)]), Wait::For(Duration::from_secs(30)), "{value}");
            assert_eq!(wait(&[("retry-after", value)]), Wait::None, "{value}");
        }
        assert!(matches!(wait(&[("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT")]), Wait::TooLong(_)));
    }
}
