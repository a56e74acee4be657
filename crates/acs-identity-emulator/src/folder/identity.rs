//! The identity of a file: whether a path still leads to the file that was opened.

use std::path::Path;

use crate::system;

/// The identity of a file, if the file exists.
pub(super) type Identity = Option<(u64, u64)>;

pub(super) fn identity(path: &Path) -> Identity {
    std::fs::metadata(path).ok().map(|metadata| system::identity(&metadata))
}
