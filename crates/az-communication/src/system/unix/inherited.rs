//! A text in an open file that the next program inherits. A wrapper that clears the environment does not close the
//! file. `delegate/inherited.c` reads the file before `main` and puts the text into the environment.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::{AsRawFd as _, OwnedFd};

use rustix::fs::{MemfdFlags, memfd_create};
use rustix::io::{FdFlags, fcntl_dupfd_cloexec, fcntl_setfd};

/// Keeps the file open until the next program runs.
pub struct Inherited(#[allow(dead_code)] Option<OwnedFd>);

/// The number of the file. Shells use numbers up to 63 and 255, and scripts often use 9 and 200. If the number is in
/// use or above the limit on open files, the text is only in the environment.
const NUMBER: i32 = 187;

impl Inherited {
    /// Opens the file. Errors are ignored, because the environment also contains the text.
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
