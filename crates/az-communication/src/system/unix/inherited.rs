//! A text in an open file, which the next program inherits: a wrapper that clears the environment leaves it as it is.
//! `delegate/inherited.c` reads it before `main`, and puts it into the environment.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::{AsRawFd as _, OwnedFd};

use rustix::fs::{MemfdFlags, memfd_create};
use rustix::io::{FdFlags, fcntl_dupfd_cloexec, fcntl_setfd};

/// Keeps the file open until the next program runs.
pub struct Inherited(#[allow(dead_code)] Option<OwnedFd>);

/// The number of the file. Shells use those up to 63 and 255, scripts 9 and 200. Where it is taken, or higher than the limit
/// of files, the text stands in the environment only.
const NUMBER: i32 = 187;

impl Inherited {
    /// Opens it.
    pub fn open(text: &str) -> Self {
        Self(try_open(text).ok().flatten())
    }
}

fn try_open(text: &str) -> io::Result<Option<OwnedFd>> {
    let mut file = File::from(memfd_create("az-handed-over", MemfdFlags::CLOEXEC)?);
    file.write_all(text.as_bytes())?;
    let numbered = fcntl_dupfd_cloexec(&file, NUMBER)?;
    if numbered.as_raw_fd() != NUMBER {
        return Ok(None);
    }
    fcntl_setfd(&numbered, FdFlags::empty())?;
    Ok(Some(numbered))
}
