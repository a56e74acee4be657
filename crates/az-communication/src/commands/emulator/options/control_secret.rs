//! Reads the secret of the control endpoints for the emulator.

use acs_identity_emulator::ControlSecret;

use crate::commands::emulator::options::declared::CONTROL_SECRET;
use crate::commands::emulator::options::secret::Secret;
use crate::knack::invocation::Invocation;
use crate::knack::variables::Given;
use crate::report::error::CliError;
use crate::system::platform::Platform;

pub(crate) const SECRET: Secret = Secret { option: &CONTROL_SECRET, what: "secret", check };

/// Returns the secret, or `None` if none is given.
///
/// # Errors
///
/// Fails when it is not valid in a header, when its file cannot be read, or when both variables are set.
pub(crate) fn given(invocation: &Invocation<'_>) -> Result<Option<ControlSecret>, CliError> {
    SECRET.given(invocation)?.map(|given| parse(&given)).transpose()
}

fn check(given: &Given) -> Result<(), CliError> {
    parse(given).map(drop)
}

fn parse(given: &Given) -> Result<ControlSecret, CliError> {
    // A file that the option reads may have Windows line endings.
    let secret = given.value.trim_end_matches(['\r', '\n']);
    let fits = |byte: u8| byte == b' ' || byte.is_ascii_graphic();
    let can_be_sent = !secret.is_empty() && secret.bytes().all(fits) && secret.trim_ascii() == secret;
    // If a file is missing, its name must not become the secret.
    if secret.starts_with('@') || !can_be_sent {
        return Err(CliError::usage(format!("{} cannot be sent in a header.", given.named_by)).hint(format!(
            "A secret consists of printable ASCII characters. It does not start with @, and has no blanks at its \
             ends. To make one: {}",
            Platform::HERE.random_hex()
        )));
    }
    Ok(secret.to_owned().into())
}
