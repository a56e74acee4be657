//! Where the emulator of this user keeps its files.

use std::path::PathBuf;

use crate::config;
use crate::error::CliError;

/// The variable that stands in for `--data-dir`.
pub const DATA_DIR_VARIABLE: &str = "AZURE_COMMUNICATION_EMULATOR_DATA_DIR";

/// The data folder: the variable, else `communication-emulator` in the configuration directory.
///
/// # Errors
///
/// When neither is known, because there is no home directory.
pub fn data_dir() -> Result<PathBuf, CliError> {
    if let Some(dir) = std::env::var_os(DATA_DIR_VARIABLE).filter(|dir| !dir.is_empty()) {
        return Ok(dir.into());
    }
    config::directory().map(|dir| dir.join("communication-emulator")).ok_or_else(|| {
        CliError::new("There is no home directory to keep the emulator's data in.")
            .hint(format!("Set {DATA_DIR_VARIABLE}, or give --data-dir or --in-memory."))
    })
}

/// The certificate of the emulator's authority.
///
/// # Errors
///
/// When no emulator was ever started here.
pub fn ca_certificate() -> Result<PathBuf, CliError> {
    let path = data_dir()?.join(acs_identity_emulator::CA_CERTIFICATE_FILE);
    if path.is_file() {
        return Ok(path);
    }
    Err(CliError::new(format!("No emulator was started here yet: {} does not exist.", path.display()))
        .hint("Start it: az communication emulator start"))
}
