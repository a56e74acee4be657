//! Where the emulator of this user keeps its files.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use acs_identity_emulator::CA_CERTIFICATE_FILE;

use crate::knack::{config, variables};
use crate::report::error::CliError;
use crate::report::program::Program;
use crate::system;
use crate::system::platform::Platform;

/// The bundle of the system's roots and the emulator's authority, beside its certificate.
pub const BUNDLE_FILE: &str = "bundle.pem";

/// What to do where there is no folder for the data.
pub const NO_FOLDER_HINT: &str = "Set AZURE_COMMUNICATION_EMULATOR_DATA_DIR, or give --data-dir or --in-memory.";

/// How to reach an emulator that is not the one of the usual data folder.
pub const ANOTHER_EMULATOR: &str =
    "use the `connectionString` of its ready line, and set REQUESTS_CA_BUNDLE to its `caBundle`.";

/// The data folder: the variable, else `communication-emulator` in the configuration directory.
///
/// # Errors
///
/// When the variable is not UTF-8, or neither is known, because there is no home directory.
pub fn data_dir() -> Result<PathBuf, CliError> {
    if let Some(given) = variables::value_of("--data-dir")? {
        return Ok(given.value.into());
    }
    config::directory()
        .map(|dir| dir.join("communication-emulator"))
        .ok_or_else(|| CliError::new("There is no home directory to keep the emulator's data in.").hint(NO_FOLDER_HINT))
}

/// The certificate of the emulator's authority.
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

/// The folders for temporary files, in the order in which they are tried: the one that TMPDIR names, else /tmp, else the
/// one that containers can write even where everything else is read-only.
pub fn temporary_parents() -> Vec<PathBuf> {
    let mut parents = vec![std::env::temp_dir()];
    if Platform::HERE == Platform::Linux && std::env::var_os("TMPDIR").is_none_or(|dir| dir.is_empty()) {
        parents.push("/dev/shm".into());
    }
    parents
}

/// The certificate (PEM) of the authority in the data folder. `None` where there is none, or somebody else could have
/// written it.
pub fn own_authority() -> Option<Vec<u8>> {
    read_own(&data_dir().ok()?.join(CA_CERTIFICATE_FILE))
}

/// Reads a small file of this user that nobody else can write.
fn read_own(path: &Path) -> Option<Vec<u8>> {
    const LIMIT: u64 = 64 * 1024;
    let mut options = fs::OpenOptions::new();
    // The other end of a pipe is not waited for.
    system::without_waiting(&mut options);
    let file = options.read(true).open(path).ok()?;
    if !system::is_closed_to_writers(&file.metadata().ok()?) {
        return None;
    }
    let mut content = Vec::new();
    file.take(LIMIT).read_to_end(&mut content).ok()?;
    Some(content)
}
