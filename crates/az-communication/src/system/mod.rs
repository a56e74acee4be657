//! Functions that differ between systems: one interface with two variants. `unix` is for Linux, macOS and similar
//! systems. `portable` needs only the standard library and is used on Windows. `--cfg portable_system` compiles
//! `portable` on Unix, so that the usual test machines can test it (docs/decisions/other-systems.md).
//!
//! No code outside this folder checks which system it runs on, and a test enforces this rule. Differences that are only
//! in words are in `platform/`.

pub mod ending_error;
mod error_text;
mod home;
mod kinds;
pub mod limits;
pub mod name_error;
pub mod platform;
#[cfg(any(not(unix), portable_system))]
mod portable;
#[cfg(any(not(target_os = "linux"), portable_system))]
mod std_nameless;
#[cfg(any(not(target_os = "linux"), portable_system))]
mod std_names;
#[cfg(any(not(target_os = "linux"), portable_system))]
mod std_program;
#[cfg(all(unix, not(portable_system)))]
mod unix;

pub use error_text::system_text;
pub use home::{expand_user, home};
pub use kinds::Special;
#[cfg(any(not(unix), portable_system))]
pub use portable::*;
#[cfg(all(unix, not(portable_system)))]
pub use unix::*;

/// Returns a value that starts with `start` and is not valid text.
#[cfg(test)]
pub fn not_text(start: &str) -> std::ffi::OsString {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStringExt as _;
        std::ffi::OsString::from_vec([start.as_bytes(), b"\xff"].concat())
    }
    #[cfg(windows)]
    {
        use std::os::windows::ffi::OsStringExt as _;
        let units: Vec<u16> = start.encode_utf16().chain([0xd800]).collect();
        std::ffi::OsString::from_wide(&units)
    }
}
