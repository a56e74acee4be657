//! The date formats of the service: RFC 1123 in headers, ISO 8601 with `+00:00` in bodies (docs/service.md, section 3).

use serde::{Deserialize as _, Deserializer};
use time::format_description::well_known::{Rfc2822, Rfc3339};
use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Writes an RFC 1123 date in GMT, such as `Wed, 13 Dec 2023 11:58:57 GMT`.
pub fn http_date(at: OffsetDateTime) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    format!(
        "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
        DAYS[usize::from(at.weekday().number_days_from_monday())],
        at.day(),
        MONTHS[usize::from(u8::from(at.month()) - 1)],
        at.year(),
        at.hour(),
        at.minute(),
        at.second()
    )
}

/// Reads an RFC 1123 date. Returns `None` if the text is not one.
pub fn parse_http_date(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text.trim(), &Rfc2822).ok()
}

/// The forms of a time in a certificate (RFC 5280, section 4.1.2.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateTime {
    /// `YYMMDDhhmmssZ`, for the years 1950 to 2049.
    Utc,
    /// `YYYYMMDDhhmmssZ`.
    Generalized,
}

/// Reads a time of a certificate. Returns `None` if the text does not have that form.
pub fn parse_certificate_time(form: CertificateTime, text: &[u8]) -> Option<OffsetDateTime> {
    let text = str::from_utf8(text).ok()?.strip_suffix('Z')?;
    let (year, rest) = match form {
        CertificateTime::Utc => {
            let year: i32 = text.get(..2)?.parse().ok()?;
            (if year < 50 { 2000 + year } else { 1900 + year }, text.get(2..)?)
        }
        CertificateTime::Generalized => (text.get(..4)?.parse().ok()?, text.get(4..)?),
    };
    let part = |at: usize| rest.get(at..at + 2)?.parse::<u8>().ok();
    let date = Date::from_calendar_date(year, Month::try_from(part(0)?).ok()?, part(2)?).ok()?;
    let time = Time::from_hms(part(4)?, part(6)?, part(8)?).ok()?;
    Some(PrimitiveDateTime::new(date, time).assume_utc())
}

/// Writes an ISO 8601 date in UTC with seven decimals, such as `2026-11-24T02:26:58.1234567+00:00`. Further decimals
/// are cut off.
pub fn seven_decimals(at: OffsetDateTime) -> String {
    format!("{}.{:07}+00:00", date_and_time(at), at.nanosecond() / 100)
}

/// Writes an ISO 8601 date in UTC without decimals, such as `2025-04-14T15:32:35+00:00`.
pub fn whole_seconds(at: OffsetDateTime) -> String {
    format!("{}+00:00", date_and_time(at))
}

/// Writes an RFC 3339 date in UTC with a `Z`, and with as many decimals as it needs, such as `2026-11-24T02:26:58.5Z`.
pub fn utc(at: OffsetDateTime) -> String {
    let decimals = format!("{:09}", at.nanosecond());
    let decimals = decimals.trim_end_matches('0');
    let point = if decimals.is_empty() { "" } else { "." };
    format!("{}{point}{decimals}Z", date_and_time(at))
}

fn date_and_time(at: OffsetDateTime) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
        at.year(),
        u8::from(at.month()),
        at.day(),
        at.hour(),
        at.minute(),
        at.second()
    )
}

/// Reads an ISO 8601 date with any number of decimals and `+00:00`, `Z` or another offset. Returns `None` if the text
/// is not one.
pub fn parse_iso(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc3339).ok()
}

pub(crate) fn deserialize_option<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<OffsetDateTime>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else {
        return Ok(None);
    };
    // The text is not quoted: what came in its place may be a token.
    parse_iso(&text).map(Some).ok_or_else(|| serde::de::Error::custom("a date is not an ISO 8601 date"))
}

macro_rules! option_format {
    ($name:ident, $format:path, $doc:literal) => {
        #[doc = $doc]
        pub(crate) mod $name {
            pub(crate) use crate::time::deserialize_option as deserialize;
            use serde::Serializer;
            use time::OffsetDateTime;

            pub(crate) fn serialize<S: Serializer>(
                at: &Option<OffsetDateTime>,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                match at {
                    Some(at) => serializer.serialize_str(&$format(*at)),
                    None => serializer.serialize_none(),
                }
            }
        }
    };
}

option_format!(seven_decimals_option, crate::time::seven_decimals, "serde: an optional date with seven decimals.");
option_format!(whole_seconds_option, crate::time::whole_seconds, "serde: an optional date in whole seconds.");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_dates_are_read_and_written_alike() {
        let at = OffsetDateTime::from_unix_timestamp(1_702_468_737).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        assert_eq!(http_date(at), "Wed, 13 Dec 2023 11:58:57 GMT");
        assert_eq!(parse_http_date("Wed, 13 Dec 2023 11:58:57 GMT"), Some(at));
        assert_eq!(parse_http_date("yesterday"), None);
    }

    #[test]
    fn iso_dates_are_read_with_any_offset_and_written_in_utc() {
        for text in ["2026-11-24T02:26:58.1234567+00:00", "2026-11-24T02:26:58.0000000+00:00"] {
            assert_eq!(parse_iso(text).map(seven_decimals).as_deref(), Some(text));
        }
        assert_eq!(
            parse_iso("2026-11-24T03:26:58.5+01:00").map(whole_seconds).as_deref(),
            Some("2026-11-24T02:26:58+00:00")
        );
    }
}
