//! Stderr. The call is the same on two systems that name it differently.

use std::fs::File;
use std::io;
use std::thread;
use std::time::Duration;

/// Returns another handle of stderr.
///
/// # Errors
///
/// When the process cannot open another file.
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

/// Sleeps briefly, because the standard library cannot wait for a reader.
pub fn wait_to_write(_: &File) {
    thread::sleep(Duration::from_millis(5));
}
