//! How many files a process may open.

use rustix::process::{Resource, getrlimit, setrlimit};

/// The limit in force; `None` where there is none.
pub fn file_limit() -> Option<u64> {
    getrlimit(Resource::Nofile).current
}

/// Raises the limit as far as the system lets us.
pub fn raise_file_limit() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // Where it is refused, more connections wait for others to end.
    let _ = setrlimit(Resource::Nofile, limit);
}
