//! Stderr. Two systems, and one call in the words of each.

use std::fs::File;
use std::io;
use std::thread;
use std::time::Duration;

/// Another handle of stderr.
///
/// # Errors
///
/// When no more file may be opened.
pub fn duplicate_of_stderr() -> io::Result<File> {
    #[cfg(windows)]
    {
        use std::os::windows::io::AsHandle as _;
        io::stderr().as_handle().try_clone_to_owned().map(File::from)
    }
    #[cfg(not(windows))]
    {
        use std::os::fd::AsFd as _;
        io::stderr().as_fd().try_clone_to_owned().map(File::from)
    }
}

/// Waits a little, because the standard library cannot wait for a reader.
pub fn wait_to_write(_: &File) {
    thread::sleep(Duration::from_millis(5));
}
