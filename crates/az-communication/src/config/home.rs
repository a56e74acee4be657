//! Home folders, as Python's `os.path.expanduser` finds them. The system's user database is read as a file: no module of
//! the C library is asked.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The user's home folder: `HOME`, else what `/etc/passwd` says of the user. An empty one is the root, as in Python.
pub fn home() -> Option<OsString> {
    let name = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    let home = env::var_os(name).or_else(of_the_user)?;
    Some(if home.is_empty() { "/".into() } else { home })
}

/// A path whose `~` or `~user` at the start is replaced by a home folder. Where none is known, the path stays as it is.
pub fn expand_user(path: &str) -> PathBuf {
    let Some(rest) = path.strip_prefix('~') else {
        return path.into();
    };
    let (user, below) = rest.split_once('/').unwrap_or((rest, ""));
    let found = if user.is_empty() { home() } else { of_user_named(user) };
    match found {
        Some(found) if below.is_empty() => found.into(),
        Some(found) => Path::new(&found).join(below.trim_start_matches('/')),
        None => path.into(),
    }
}

#[cfg(unix)]
fn of_the_user() -> Option<OsString> {
    let id = rustix::process::getuid().as_raw().to_string();
    field_of_passwd(|_, user_id| user_id == id.as_bytes())
}

#[cfg(unix)]
fn of_user_named(name: &str) -> Option<OsString> {
    field_of_passwd(|user, _| user == name.as_bytes())
}

/// The home folder of the first user that fits, by name and id.
#[cfg(unix)]
fn field_of_passwd(fits: impl Fn(&[u8], &[u8]) -> bool) -> Option<OsString> {
    use std::os::unix::ffi::OsStringExt as _;
    let text = std::fs::read("/etc/passwd").ok()?;
    text.split(|byte| *byte == b'\n').find_map(|line| {
        let fields: Vec<&[u8]> = line.trim_ascii_start().split(|byte| *byte == b':').collect();
        let home = fields.get(5)?;
        // A comment, or a line for NIS.
        let is_user = !fields[0].starts_with(b"#") && !fields[0].starts_with(b"+") && !fields[0].starts_with(b"-");
        (is_user && fits(fields[0], fields[2])).then(|| OsString::from_vec(home.to_vec()))
    })
}

#[cfg(not(unix))]
fn of_the_user() -> Option<OsString> {
    None
}

#[cfg(not(unix))]
fn of_user_named(_name: &str) -> Option<OsString> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        assert_eq!(expand_user("a/~"), PathBuf::from("a/~"));
        assert_eq!(expand_user("~no such user/x"), PathBuf::from("~no such user/x"));
        #[cfg(unix)]
        assert!(expand_user("~root/x").ends_with("x") && !expand_user("~root/x").starts_with("~root"));
    }
}
