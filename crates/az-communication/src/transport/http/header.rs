//! Reading headers.

use azure_core::http::headers::Headers;

/// Where the transport keeps the phrase behind the status, which azure_core's responses have no place for. A name with a
/// colon cannot come from the wire.
pub(crate) const REASON: &str = ":reason";

/// A header that may be missing. azure_core's own `get_optional_str` makes an error of a missing one and drops it, which
/// costs milliseconds where `RUST_BACKTRACE` is set.
pub(crate) fn optional<'a>(headers: &'a Headers, name: &str) -> Option<&'a str> {
    headers.iter().find(|(key, _)| key.as_str().eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// A header that is there and not empty.
pub(crate) fn given<'a>(headers: &'a Headers, name: &str) -> Option<&'a str> {
    optional(headers, name).filter(|value| !value.is_empty())
}
