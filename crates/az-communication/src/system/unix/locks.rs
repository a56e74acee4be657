//! Locks of files that others read.

use std::fs::{File, TryLockError};

/// Whether a lock keeps others from reading and writing the file. Here, it only tells them of each other.
pub const LOCKS_SHUT: bool = false;

/// Locks a file that others read meanwhile.
///
/// # Errors
///
/// When somebody else has it locked, or the file system has no locks.
pub fn try_lock(file: &File) -> Result<(), TryLockError> {
    file.try_lock()
}

/// Finds out whether somebody has such a file locked.
///
/// # Errors
///
/// When somebody else has it locked, or the file system has no locks.
pub fn try_lock_shared(file: &File) -> Result<(), TryLockError> {
    file.try_lock_shared()
}
