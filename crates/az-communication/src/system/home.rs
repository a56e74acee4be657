//! Home folders, found in the same way as in Python's `os.path.expanduser`.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::platform::Platform;
#[cfg(any(not(unix), portable_system))]
use super::portable::users::{home_of_user, home_of_user_named};
#[cfg(all(unix, not(portable_system)))]
use super::unix::users::{home_of_user, home_of_user_named};

/// Returns the user's home folder: `HOME`, otherwise the folder in `/etc/passwd`. An empty `HOME` means the root
/// folder, as in Python.
pub fn home() -> Option<OsString> {
    let home = env::var_os(Platform::HERE.home_variable()).or_else(home_of_user)?;
    Some(if home.is_empty() { "/".into() } else { home })
}

/// Replaces `~` or `~user` at the start of a path with a home folder. If the home folder is not known, the path stays
/// as it is.
pub fn expand_user(path: &str) -> PathBuf {
    let Some(rest) = path.strip_prefix('~') else {
        return path.into();
    };
    let is_separator = |c: char| Platform::HERE.is_separator(c);
    let (user, below) = rest.split_once(is_separator).unwrap_or((rest, ""));
    let found = if user.is_empty() { home() } else { home_of_user_named(user) };
    match found {
        Some(found) if below.is_empty() => found.into(),
        Some(found) => Path::new(&found).join(below.trim_start_matches(is_separator)),
        None => path.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tilde_is_expanded_only_at_the_start_and_for_known_users() {
        assert_eq!(expand_user("a/~"), PathBuf::from("a/~"));
        assert_eq!(expand_user("~no such user/x"), PathBuf::from("~no such user/x"));
    }
}
