//! Reads the secret of the control API for the emulator, or the name of its file.

use std::path::PathBuf;

use acs_identity_emulator::{CONTROL_SECRET_LENGTH, ControlSecret};

use crate::commands::emulator::options::declared::{CONTROL_SECRET, CONTROL_SECRET_FILE};
use crate::commands::emulator::options::read;
use crate::commands::emulator::options::secret::Secret;
use crate::knack::invocation::Invocation;
use crate::knack::variables::{self, Given};
use crate::report::error::CliError;
use crate::system::platform::Platform;

pub(crate) const SECRET: Secret = Secret { option: &CONTROL_SECRET, what: "secret", check };

/// Where the secret comes from.
pub(crate) enum Source {
    /// The secret itself is given.
    Secret(ControlSecret),
    /// It is in this file, which is made if it does not exist.
    File(PathBuf),
    /// Nothing is given.
    Usual,
}

/// Returns the secret or its file. An option wins over both variables.
///
/// # Errors
///
/// Fails when the secret is not valid in a header, when both options or both variables are given, or when one of them
/// is empty.
pub(crate) fn given(invocation: &Invocation<'_>) -> Result<Source, CliError> {
    let has = |argument| invocation.arguments.has(argument);
    let secret = || SECRET.given(invocation);
    let file = || file(invocation);
    let (secret, file) = match (has(&CONTROL_SECRET), has(&CONTROL_SECRET_FILE)) {
        (true, false) => (secret()?, None),
        (false, true) => (None, file()?),
        _ => (secret()?, file()?),
    };
    match (secret, file) {
        (Some(secret), Some(file)) => {
            let given = [secret.named_by, file.named_by];
            Err(CliError::usage(format!("{} and {} are both given.", given[0], given[1])).hint("Give one of them."))
        }
        (Some(secret), None) => parse(&secret).map(Source::Secret),
        (None, Some(file)) => read::absolute(file.value.into()).map(Source::File),
        (None, None) => Ok(Source::Usual),
    }
}

/// Returns the name of the file with the secret.
fn file(invocation: &Invocation<'_>) -> Result<Option<Given>, CliError> {
    let given = read::option(invocation, &CONTROL_SECRET_FILE)?;
    match read::variable_name(invocation, &CONTROL_SECRET_FILE) {
        Some(name) if given.is_none() && variables::is_empty(&name) => {
            Err(CliError::usage(format!("{name} is empty.")).hint("Give it a file name, or unset it."))
        }
        _ => Ok(given),
    }
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
    if !CONTROL_SECRET_LENGTH.contains(&secret.len()) {
        let (least, most) = (CONTROL_SECRET_LENGTH.start(), CONTROL_SECRET_LENGTH.end());
        let message =
            format!("{} must have {least} to {most} characters, but it has {}.", given.named_by, secret.len());
        return Err(CliError::usage(message).hint(format!("To make a secret: {}", Platform::HERE.random_hex())));
    }
    Ok(secret.to_owned().into())
}
