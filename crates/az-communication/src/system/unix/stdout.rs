//! Stdout.

use std::io;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{FileType, OFlags, fcntl_getfl, fstat, fstatvfs};
use rustix::io::{Errno, write};
use rustix::process::{Resource, getrlimit, getuid};

/// The space that the result of a command may need on the disk, in bytes.
const NEEDED: u64 = 8192;

/// Writes all bytes. It does not use `io::Stdout`, which reports success for a closed stdout.
///
/// # Errors
///
/// When the system refuses.
pub fn write_to_stdout(mut bytes: &[u8]) -> io::Result<()> {
    let stdout = io::stdout();
    while !bytes.is_empty() {
        match write(&stdout, bytes) {
            Ok(count) => bytes = &bytes[count..],
            Err(Errno::INTR) => {}
            // Another process that shares the stream may have made it non-blocking.
            Err(Errno::AGAIN) => {
                let _ = poll(&mut [PollFd::new(&stdout, PollFlags::OUT)], None);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Checks whether a short line can be written without waiting for the reader. Waits for the reader for at most this
/// time.
pub fn is_stdout_writable(most: Duration) -> bool {
    let Ok(most) = Timespec::try_from(most) else { return true };
    // Errors count as writable, because the write reports them.
    !matches!(poll(&mut [PollFd::new(&io::stdout(), PollFlags::OUT)], Some(&most)), Ok(0) | Err(Errno::INTR))
}

/// Checks whether a result can be written.
///
/// # Errors
///
/// When stdout is not open for writing, or when there is no space for a result.
pub fn check_stdout() -> io::Result<()> {
    let stdout = io::stdout();
    let mode = fcntl_getfl(&stdout)?;
    if mode & OFlags::ACCMODE == OFlags::RDONLY {
        return Err(Errno::BADF.into());
    }
    let status = fstat(&stdout)?;
    match FileType::from_raw_mode(status.st_mode) {
        // An empty write changes nothing, but /dev/full still fails.
        FileType::CharacterDevice => match write(&stdout, &[]) {
            Err(error) if error != Errno::AGAIN && error != Errno::INTR => return Err(error.into()),
            _ => {}
        },
        FileType::RegularFile => {
            let size = u64::try_from(status.st_size).unwrap_or(0);
            if getrlimit(Resource::Fsize).current.is_some_and(|limit| limit < size.saturating_add(NEEDED)) {
                return Err(Errno::FBIG.into());
            }
            let disk = fstatvfs(&stdout)?;
            let blocks = if getuid().is_root() { disk.f_bfree } else { disk.f_bavail };
            // Some file systems do not report their blocks.
            if disk.f_blocks > 0 && blocks.saturating_mul(disk.f_frsize) < NEEDED {
                return Err(Errno::NOSPC.into());
            }
        }
        _ => {}
    }
    Ok(())
}
