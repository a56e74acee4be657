//! Users.

use std::ffi::OsString;

/// It is known from the environment only.
pub fn home_of_user() -> Option<OsString> {
    None
}

/// It is not known.
pub fn home_of_user_named(_: &str) -> Option<OsString> {
    None
}
