//! Stderr.

use std::fs::File;
use std::io;
use std::os::fd::AsFd as _;

use rustix::event::{PollFd, PollFlags, poll};

/// Another handle of stderr.
///
/// # Errors
///
/// When no more file may be opened.
pub fn duplicate_of_stderr() -> io::Result<File> {
    io::stderr().as_fd().try_clone_to_owned().map(File::from)
}

/// Waits until something can be written. Whoever shares the stream may have made it non-blocking.
pub fn wait_to_write(file: &File) {
    let _ = poll(&mut [PollFd::new(file, PollFlags::OUT)], None);
}
