//! The file of `--seed`.

use std::path::Path;

use acs_identity_emulator::Seed;

use crate::files::text_file;
use crate::knack::variables::Given;
use crate::report::error::CliError;

/// The largest file, in bytes: 64 MiB.
const MAX_FILE: u64 = 64 << 20;

/// Reads a seed.
///
/// # Errors
///
/// Fails when the file cannot be read, or has a mistake.
pub(crate) fn read(given: &Given) -> Result<Seed, CliError> {
    let Given { value: file, named_by } = given;
    let content = text_file::read_or_wait(Path::new(file), MAX_FILE)
        .map_err(|fault| CliError::new(format!("{named_by} names '{file}', which cannot be read: {fault}.")))?;
    Seed::parse(&content).map_err(|error| CliError::new(format!("{file} cannot be used: {error}.")))
}
