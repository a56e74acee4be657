//! The access key that an emulator is given.

use acs_identity_protocol::AccessKey;

use super::secret::Secret;
use crate::commands::Invocation;
use crate::error::CliError;

const KEY: Secret = Secret { option: "--access-key", file: "--access-key-file", what: "key" };

/// The key; `None` where none is given.
///
/// # Errors
///
/// When it is not in base64, its file cannot be read, or both variables are set.
pub(super) fn given(invocation: &Invocation<'_>) -> Result<Option<AccessKey>, CliError> {
    let Some(key) = KEY.given(invocation)? else { return Ok(None) };
    // What is not base64 is skipped, as the SDKs do it, so that the name of a file that is not there could be a key.
    let parsed = if key.value.starts_with('@') { None } else { key.value.parse().ok() };
    parsed.map(Some).ok_or_else(|| {
        CliError::usage(format!("{} is not valid base64.", key.named_by))
            .hint("Make one: openssl rand -base64 64 | tr -d '\\n'")
    })
}
