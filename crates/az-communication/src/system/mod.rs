//! What systems do in different ways: one surface, and two variants of it. `unix` is for Linux, macOS and their relatives;
//! `portable` needs the standard library only, and is what Windows gets. `--cfg portable_system` compiles the latter on
//! Unix, so that it is tested where the tests run (docs/decisions/other-systems.md).
//!
//! Nothing outside this folder asks which system it runs on: a test looks for that. What differs in words only is in
//! `platform.rs`.

pub mod ending_error;
mod error_text;
mod home;
pub mod limits;
pub mod name_error;
pub mod platform;
#[cfg(any(not(unix), portable_system))]
mod portable;
#[cfg(any(not(target_os = "linux"), portable_system))]
mod std_names;
#[cfg(any(not(target_os = "linux"), portable_system))]
mod std_program;
#[cfg(all(unix, not(portable_system)))]
mod unix;

pub use error_text::system_text;
pub use home::{expand_user, home};
#[cfg(any(not(unix), portable_system))]
pub use portable::*;
#[cfg(all(unix, not(portable_system)))]
pub use unix::*;

/// What a path names beside files and folders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
// Not every system has all of them.
#[allow(dead_code)]
pub enum Special {
    /// A pipe with a name.
    Fifo,
    /// A socket.
    Socket,
    /// A device, of characters or of blocks.
    Device,
}

/// A limit of the system that an error is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
// Not every system has all of them.
#[allow(dead_code)]
pub enum Limit {
    /// This process has too many open files.
    FilesOfProcess,
    /// This machine has too many open files.
    FilesOfMachine,
    /// There are too many processes or threads.
    Processes,
    /// There is not enough memory.
    Memory,
    /// The disk, or the user's part of it, is full.
    Disk,
}

/// A value that is not text, which begins like this.
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
