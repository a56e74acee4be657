//! Locks of files that others read. On Windows, nobody can read or write what another handle has locked.

use std::fs::{File, TryLockError};
use std::io;

/// Whether a lock keeps others from reading and writing the file, also by another handle of this process.
pub const LOCKS_SHUT: bool = true;

/// It is not locked, because others could not read it then.
///
/// # Errors
///
/// Always.
pub fn try_lock(_: &File) -> Result<(), TryLockError> {
    Err(TryLockError::Error(io::ErrorKind::Unsupported.into()))
}

/// It is not known.
///
/// # Errors
///
/// Always.
pub fn try_lock_shared(_: &File) -> Result<(), TryLockError> {
    Err(TryLockError::Error(io::ErrorKind::Unsupported.into()))
}
