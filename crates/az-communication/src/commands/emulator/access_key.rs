//! The access key that an emulator is given: by its option, by a variable, or in a file that a variable names.

use std::path::Path;

use acs_identity_protocol::AccessKey;

use super::options;
use crate::commands::Invocation;
use crate::emulator_variables::{self, Given};
use crate::error::CliError;
use crate::text_file;

const OPTION: &str = "--access-key";

/// The file has a variable only: the option reads files itself, as all options do (`@FILE`).
const FILE: &str = "--access-key-file";

/// A key of fewer bytes can be found out.
const SHORT: usize = 16;

/// The key; `None` where none is given.
///
/// # Errors
///
/// When it is not in base64, its file cannot be read, or both variables are set.
pub(super) fn given(invocation: &Invocation<'_>) -> Result<Option<AccessKey>, CliError> {
    let key = match options::option(invocation, OPTION)? {
        given if invocation.arguments.has(OPTION) => given,
        given => match (given, emulator_variables::value_of(FILE)?) {
            (Some(key), Some(file)) => {
                let described = CliError::usage(format!("{} and {} are both set.", key.named_by, file.named_by));
                return Err(described.hint("Set one of them."));
            }
            (given, None) => given,
            (None, Some(file)) => Some(from_file(&file)?),
        },
    };
    let Some(key) = key else { return Ok(None) };
    // What is not base64 is skipped, as the SDKs do it, so that the name of a file that is not there could be a key.
    let parsed = if key.value.starts_with('@') { None } else { key.value.parse().ok() };
    if let Some(bytes) = parsed.as_ref().map(length).filter(|bytes| *bytes < SHORT) {
        let why = format!(
            "{} has a length of {bytes}, and can be guessed; the keys of the service have 64 bytes.",
            key.named_by
        );
        invocation.printer.warning(&format!("{why} Make one: openssl rand -base64 64 | tr -d '\\n'"));
    }
    parsed.map(Some).ok_or_else(|| {
        CliError::usage(format!("{} is not valid base64.", key.named_by))
            .hint("Make one: openssl rand -base64 64 | tr -d '\\n'")
    })
}

/// How many bytes a key has.
fn length(key: &AccessKey) -> usize {
    key.to_base64().trim_end_matches('=').len() * 3 / 4
}

/// The text of the file, without blanks and line ends around it.
fn from_file(file: &Given) -> Result<Given, CliError> {
    let (name, path) = (&file.named_by, &file.value);
    let fail = |why: &str| CliError::new(format!("{name} names '{path}', which {why}."));
    let bytes = text_file::read_or_wait(Path::new(path), text_file::USUAL)
        .map_err(|fault| fail(&format!("cannot be read: {fault}")))?;
    let text = String::from_utf8(bytes).map_err(|_| fail("is not UTF-8"))?;
    match text.trim_ascii() {
        "" => Err(fail("is empty")),
        key => Ok(Given { value: key.to_owned(), named_by: format!("The key in the file that {name} names") }),
    }
}
