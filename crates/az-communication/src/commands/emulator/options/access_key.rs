//! Reads the access key for the emulator.

use acs_identity_protocol::AccessKey;

use crate::commands::emulator::options::declared::ACCESS_KEY;
use crate::commands::emulator::options::secret::Secret;
use crate::knack::invocation::Invocation;
use crate::knack::variables::Given;
use crate::report::error::CliError;
use crate::system::platform::Platform;

pub(crate) const SECRET: Secret = Secret { option: &ACCESS_KEY, what: "key", check };

/// A key with fewer bytes can be guessed.
const SHORT: usize = 16;

/// Returns the key, or `None` if none is given.
///
/// # Errors
///
/// Fails when it is not in base64, when its file cannot be read, or when both variables are set.
pub(crate) fn given(invocation: &Invocation<'_>) -> Result<Option<AccessKey>, CliError> {
    let Some(key) = SECRET.given(invocation)? else { return Ok(None) };
    let parsed = parse(&key)?;
    let bytes = length(&parsed);
    if bytes < SHORT {
        let name = &key.named_by;
        invocation.printer.warning(&format!(
            "{name} has a length of {bytes}, so it can be guessed; the keys of the service have 64 bytes. Use \
             `{}` to make one.",
            Platform::HERE.random_base64()
        ));
    }
    Ok(Some(parsed))
}

fn check(key: &Given) -> Result<(), CliError> {
    parse(key).map(drop)
}

fn parse(key: &Given) -> Result<AccessKey, CliError> {
    // Characters outside base64 are skipped, as the SDKs do it. So `@FILE` with a missing file would be accepted as a
    // key, and must be refused here.
    let parsed = if key.value.starts_with('@') { None } else { key.value.parse().ok() };
    parsed.ok_or_else(|| {
        CliError::usage(format!("{} is not valid base64.", key.named_by))
            .hint(format!("To make one: {}", Platform::HERE.random_base64()))
    })
}

/// Returns the number of bytes in a key.
fn length(key: &AccessKey) -> usize {
    key.to_base64().trim_end_matches('=').len() * 3 / 4
}
