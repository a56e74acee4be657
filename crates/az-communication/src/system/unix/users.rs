//! Users. The user database is read as a file, without modules of the C library.

use std::ffi::OsString;

/// Returns the home folder of the user who runs this process.
pub fn home_of_user() -> Option<OsString> {
    let id = rustix::process::getuid().as_raw().to_string();
    field_of_passwd(|_, user_id| user_id == id.as_bytes())
}

/// Returns the home folder of the user with this name.
pub fn home_of_user_named(name: &str) -> Option<OsString> {
    field_of_passwd(|user, _| user == name.as_bytes())
}

/// Returns the home folder of the first user whose name and id match.
fn field_of_passwd(fits: impl Fn(&[u8], &[u8]) -> bool) -> Option<OsString> {
    use std::os::unix::ffi::OsStringExt as _;
    let text = std::fs::read("/etc/passwd").ok()?;
    text.split(|byte| *byte == b'\n').find_map(|line| {
        let fields: Vec<&[u8]> = line.trim_ascii_start().split(|byte| *byte == b':').collect();
        let home = fields.get(5)?;
        // Other lines are comments or entries for NIS.
        let is_user = !fields[0].starts_with(b"#") && !fields[0].starts_with(b"+") && !fields[0].starts_with(b"-");
        (is_user && fits(fields[0], fields[2])).then(|| OsString::from_vec(home.to_vec()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_home_folder_of_a_user_is_found_by_name() {
        assert!(home_of_user_named("root").is_some());
        assert_eq!(home_of_user_named("no such user"), None);
    }
}
