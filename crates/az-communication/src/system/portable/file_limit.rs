//! The limit on open files.

/// Returns `None`, because this system has no such limit.
pub fn file_limit() -> Option<u64> {
    None
}

/// Does nothing, because this system has no such limit.
pub fn raise_file_limit() {}
