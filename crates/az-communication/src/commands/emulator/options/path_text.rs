//! Paths as text, for JSON and for the options of other processes.

use std::path::Path;

use crate::report::error::CliError;
use crate::system::platform::Platform;

/// Returns a path as text, for the JSON line.
///
/// # Errors
///
/// Fails when it is not UTF-8.
pub(crate) fn text_of(path: &Path) -> Result<String, CliError> {
    path.to_str().map(str::to_owned).ok_or_else(|| {
        CliError::new(format!("The path {} is not valid UTF-8, so it cannot be given to clients.", path.display()))
            .hint(format!(
                "Choose another folder: --data-dir, or {} for --in-memory.",
                Platform::HERE.temporary_variable()
            ))
    })
}
