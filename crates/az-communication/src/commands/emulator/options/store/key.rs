//! Reads the key that encrypts secrets in the database.

use acs_identity_emulator::StoreKey;

use super::secret_file;
use crate::knack::variables::Given;
use crate::report::error::CliError;
use crate::report::secrets;
use crate::system::platform::Platform;

/// Reads the file with the key.
///
/// # Errors
///
/// Fails when the file cannot be read, can be read by other users, or does not hold a key.
pub(super) fn read(file: &Given) -> Result<StoreKey, CliError> {
    let text = secret_file::read(file)?;
    secrets::hide(&text);
    StoreKey::parse(&text).map_err(|error| {
        let message = format!("The key in '{}' {error}.", file.value);
        CliError::new(message).hint(format!(
            "A key is 32 random bytes in base64 or in hexadecimal digits. To make one: {}",
            Platform::HERE.random_hex()
        ))
    })
}
