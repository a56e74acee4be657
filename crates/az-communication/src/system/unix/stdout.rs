//! Stdout.

use std::io;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{FileType, OFlags, fcntl_getfl, fstat, fstatvfs};
use rustix::io::{Errno, write};
use rustix::process::{Resource, getrlimit, getuid};

/// What the result of a command may need on its disk, in bytes.
const NEEDED: u64 = 8192;

/// Writes all of it. Not by `io::Stdout`, which takes a closed stdout for a success.
///
/// # Errors
///
/// Those of the system.
pub fn write_to_stdout(mut bytes: &[u8]) -> io::Result<()> {
    let stdout = io::stdout();
    while !bytes.is_empty() {
        match write(&stdout, bytes) {
            Ok(count) => bytes = &bytes[count..],
            Err(Errno::INTR) => {}
            // Whoever shares the stream may have made it non-blocking.
            Err(Errno::AGAIN) => {
                let _ = poll(&mut [PollFd::new(&stdout, PollFlags::OUT)], None);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Whether a short line can be written without waiting for a reader; waits for one, for that long at most.
pub fn is_stdout_writable(most: Duration) -> bool {
    let Ok(most) = Timespec::try_from(most) else { return true };
    // What cannot be looked at is found out by writing, and so is an error.
    !matches!(poll(&mut [PollFd::new(&io::stdout(), PollFlags::OUT)], Some(&most)), Ok(0) | Err(Errno::INTR))
}

/// Looks whether a result can be written.
///
/// # Errors
///
/// When stdout is not open for writing, or there is no room for a result.
pub fn check_stdout() -> io::Result<()> {
    let stdout = io::stdout();
    let mode = fcntl_getfl(&stdout)?;
    if mode & OFlags::ACCMODE == OFlags::RDONLY {
        return Err(Errno::BADF.into());
    }
    let status = fstat(&stdout)?;
    match FileType::from_raw_mode(status.st_mode) {
        // Nothing is written, but /dev/full fails all the same.
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
            // Some file systems do not count their blocks.
            if disk.f_blocks > 0 && blocks.saturating_mul(disk.f_frsize) < NEEDED {
                return Err(Errno::NOSPC.into());
            }
        }
        _ => {}
    }
    Ok(())
}
