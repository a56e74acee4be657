//! Stderr.

use std::fs::File;
use std::io;
use std::os::fd::AsFd as _;

use rustix::event::{PollFd, PollFlags, poll};

/// Returns another handle of stderr.
///
/// # Errors
///
/// When the process cannot open another file.
pub fn duplicate_of_stderr() -> io::Result<File> {
    io::stderr().as_fd().try_clone_to_owned().map(File::from)
}

/// Waits until data can be written. Another process that shares the stream may have made it non-blocking.
pub fn wait_to_write(file: &File) {
    let _ = poll(&mut [PollFd::new(file, PollFlags::OUT)], None);
}
