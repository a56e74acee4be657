//! Files of `emulator export`.

use std::path::Path;

use acs_identity_emulator::check_export;

use crate::files::{durable_file, text_file};
use crate::knack::variables::Given;
use crate::report::error::CliError;
use crate::report::program::Program;
use crate::system::system_text;

/// The largest file, in bytes. It is the limit of the emulator.
const MAX_FILE: u64 = 256 * 1024 * 1024;

/// Checks whether an export can be written to a file later. A mistake is then found at the start, not at the end.
///
/// # Errors
///
/// Fails when its folder does not exist, or when the path is a folder.
pub(crate) fn check_place(given: &Given) -> Result<(), CliError> {
    let path = Path::new(&given.value);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let why = match (folder.is_dir(), path.is_dir()) {
        (true, false) => return Ok(()),
        (true, true) => "it is a folder".to_owned(),
        (false, _) => format!("the folder {} does not exist", folder.display()),
    };
    Err(CliError::usage(format!("{} names '{}', which cannot be written: {why}.", given.named_by, given.value)))
}

/// Writes an export to a file.
///
/// # Errors
///
/// Fails when the file is not on the disk afterwards. An existing file is then unchanged.
pub(crate) fn write(file: &str, content: &[u8]) -> Result<(), CliError> {
    durable_file::replace(Path::new(file), content).map_err(|error| {
        CliError::new(format!("The export cannot be written to {file}: {}.", system_text(&error))).advise(&error)
    })
}

/// Reads an export.
///
/// # Errors
///
/// Fails when the file cannot be read, is not complete, or was changed.
pub(crate) fn read(file: &str) -> Result<Vec<u8>, CliError> {
    let content = text_file::read_or_wait(Path::new(file), MAX_FILE)
        .map_err(|fault| CliError::new(format!("{file} cannot be read: {fault}.")))?;
    match check_export(&content) {
        Ok(_) => Ok(content),
        Err(why) => Err(CliError::new(format!("{file} cannot be imported: {why}.")).hint(
            Program::current().text("Give a complete and unchanged file of {communication emulator export}.", ""),
        )),
    }
}
