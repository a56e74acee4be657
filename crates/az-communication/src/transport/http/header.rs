//! Reading of headers.

use azure_core::http::headers::Headers;

/// The name under which the transport stores the phrase after the status, because responses of azure_core have no field
/// for it. A name with a colon cannot come from the network.
pub(crate) const REASON: &str = ":reason";

/// Returns a header that can be missing. azure_core's `get_optional_str` creates an error for a missing header and
/// drops it. That costs milliseconds if `RUST_BACKTRACE` is set.
pub(crate) fn optional<'a>(headers: &'a Headers, name: &str) -> Option<&'a str> {
    headers.iter().find(|(key, _)| key.as_str().eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// Returns a header that is present and not empty.
pub(crate) fn given<'a>(headers: &'a Headers, name: &str) -> Option<&'a str> {
    optional(headers, name).filter(|value| !value.is_empty())
}
