//! Systems that have no files without a name.

use std::fs::File;
use std::io;
use std::path::Path;

/// Returns `None`.
pub fn nameless(_: &Path) -> Option<File> {
    None
}

/// Fails, because there is no such file.
///
/// # Errors
///
/// Always.
pub fn name(_: &File, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
