//! Locks of files that other processes read. On Windows, other processes cannot read or write a locked file.

use std::fs::{File, TryLockError};
use std::io;

/// Whether a lock prevents reading and writing through other handles, also of this process.
pub const LOCKS_SHUT: bool = true;

/// Does not lock the file, because other processes could not read it then.
///
/// # Errors
///
/// Always.
pub fn try_lock(_: &File) -> Result<(), TryLockError> {
    Err(TryLockError::Error(io::ErrorKind::Unsupported.into()))
}

/// Fails, because the state is not known.
///
/// # Errors
///
/// Always.
pub fn try_lock_shared(_: &File) -> Result<(), TryLockError> {
    Err(TryLockError::Error(io::ErrorKind::Unsupported.into()))
}
