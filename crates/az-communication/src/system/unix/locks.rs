//! Locks of files that other processes read.

use std::fs::{File, TryLockError};

/// Whether a lock prevents other processes from reading and writing the file. Here, a lock only prevents other locks.
pub const LOCKS_SHUT: bool = false;

/// Locks a file that other processes may read at the same time.
///
/// # Errors
///
/// When another process has locked the file, or when the file system does not support locks.
pub fn try_lock(file: &File) -> Result<(), TryLockError> {
    file.try_lock()
}

/// Checks whether another process has locked the file.
///
/// # Errors
///
/// When another process has locked the file, or when the file system does not support locks.
pub fn try_lock_shared(file: &File) -> Result<(), TryLockError> {
    file.try_lock_shared()
}
