//! Parses a time for the clock of the emulator.

use acs_identity_protocol::time::parse_iso;
use azure_core::time::OffsetDateTime;

use crate::knack::variables::Given;
use crate::report::error::CliError;

/// Parses a time of the clock.
///
/// # Errors
///
/// Fails when it is not a time of RFC 3339.
pub(crate) fn parse(given: &Given) -> Result<OffsetDateTime, CliError> {
    parse_iso(&given.value).ok_or_else(|| {
        given.is_not("a time of RFC 3339").hint("Example: 2030-01-31T09:00:00Z, or 2030-01-31T10:00:00+01:00.")
    })
}
