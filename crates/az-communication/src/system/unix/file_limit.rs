//! The limit on open files.

use rustix::process::{Resource, getrlimit, setrlimit};

/// Returns the current limit, or `None` if there is no limit.
pub fn file_limit() -> Option<u64> {
    getrlimit(Resource::Nofile).current
}

/// Raises the limit to the maximum.
pub fn raise_file_limit() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // If this fails, more connections wait until others end.
    let _ = setrlimit(Resource::Nofile, limit);
}
