//! The places of the emulator's files.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use acs_identity_emulator::CA_CERTIFICATE_FILE;

use crate::knack::config;
use crate::report::error::CliError;
use crate::report::program::Program;
use crate::service::emulator_options::{self, DATA_DIR};
use crate::system;
use crate::system::platform::Platform;

/// The file with the system's root certificates and the certificate of the emulator's authority. It is next to the
/// certificate.
pub const BUNDLE_FILE: &str = "bundle.pem";

/// The hint for a missing data folder.
pub const NO_FOLDER_HINT: &str = "Set AZURE_COMMUNICATION_EMULATOR_DATA_DIR, or give --data-dir or --in-memory.";

/// How to use an emulator with another data folder than the default one.
pub const ANOTHER_EMULATOR: &str =
    "use the `connectionString` of its ready line, and set REQUESTS_CA_BUNDLE to its `caBundle`.";

/// Returns the data folder: the variable, or else `communication-emulator` in the configuration directory.
///
/// # Errors
///
/// When the variable is not UTF-8, or when the variable is not set and there is no home directory.
pub fn data_dir() -> Result<PathBuf, CliError> {
    if let Some(given) = emulator_options::value_of(&DATA_DIR)? {
        return Ok(given.value.into());
    }
    config::directory()
        .map(|dir| dir.join("communication-emulator"))
        .ok_or_else(|| CliError::new("There is no home directory for the emulator's data.").hint(NO_FOLDER_HINT))
}

/// Returns the certificate file of the emulator's authority.
///
/// # Errors
///
/// When no emulator was ever started here.
pub fn ca_certificate() -> Result<PathBuf, CliError> {
    let path = data_dir()?.join(CA_CERTIFICATE_FILE);
    if path.is_file() {
        return Ok(path);
    }
    Err(CliError::new(format!("No emulator was started here yet: {} does not exist.", path.display()))
        .hint(Program::current().text("Start one with `{communication emulator start}`.", ""))
        .hint(format!("If one runs in memory, or with another data folder: {ANOTHER_EMULATOR}")))
}

/// Returns the folders for temporary files, in the order in which they are tried: the folder in TMPDIR, or else /tmp,
/// then the folder that containers can write even if everything else is read-only.
pub fn temporary_parents() -> Vec<PathBuf> {
    let mut parents = vec![std::env::temp_dir()];
    if Platform::HERE == Platform::Linux && std::env::var_os("TMPDIR").is_none_or(|dir| dir.is_empty()) {
        parents.push("/dev/shm".into());
    }
    parents
}

/// Returns the certificate (PEM) of the authority in the data folder. Returns `None` if there is no certificate, or if
/// another user could have written it.
pub fn own_authority() -> Option<Vec<u8>> {
    read_own(&data_dir().ok()?.join(CA_CERTIFICATE_FILE))
}

/// Reads a small file of this user that no other user can write.
fn read_own(path: &Path) -> Option<Vec<u8>> {
    const LIMIT: u64 = 64 * 1024;
    let mut options = fs::OpenOptions::new();
    // Opening a pipe must not wait for its other end.
    system::without_waiting(&mut options);
    let file = options.read(true).open(path).ok()?;
    if !system::is_closed_to_writers(&file.metadata().ok()?) {
        return None;
    }
    let mut content = Vec::new();
    file.take(LIMIT).read_to_end(&mut content).ok()?;
    Some(content)
}
