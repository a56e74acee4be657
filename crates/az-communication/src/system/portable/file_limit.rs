//! How many files a process may open.

/// There is none.
pub fn file_limit() -> Option<u64> {
    None
}

/// There is nothing to raise.
pub fn raise_file_limit() {}
