//! Writing to stdout, and finding out beforehand whether that can work.

use std::io;
use std::time::Duration;

use crate::error::{CliError, system_text};

/// Writes to stdout. A reader that has gone away is not an error.
///
/// # Errors
///
/// When stdout cannot be written: it is closed, or its disk is full.
pub fn print(text: impl AsRef<[u8]>) -> Result<(), CliError> {
    match system::write_all(text.as_ref()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(unwritable(&error)),
        _ => Ok(()),
    }
}

/// Writes a part of a result to stdout, where the rest is not worth making if nobody reads it.
///
/// # Errors
///
/// When stdout cannot be written, also because its reader has gone away.
pub fn print_part(text: &str) -> Result<(), CliError> {
    system::write_all(text.as_bytes()).map_err(|error| unwritable(&error))
}

/// Writes a line to stdout.
///
/// # Errors
///
/// When stdout cannot be written.
pub fn print_line(line: &str) -> Result<(), CliError> {
    print(format!("{line}\n"))
}

/// Whether a short line can be written without waiting for whoever reads stdout; waits for it, for that long at most.
pub fn is_read(most: Duration) -> bool {
    system::is_writable(most)
}

/// Why a line is not written that nobody reads.
pub fn unread() -> CliError {
    CliError::new("stdout cannot be written: nobody reads it.")
}

/// Checks that stdout can be written, before a command does something that could not be shown.
///
/// # Errors
///
/// When stdout is closed or not open for writing, or when its device or disk is full.
pub fn check() -> Result<(), CliError> {
    system::check().map_err(|error| unwritable(&error))
}

fn unwritable(error: &io::Error) -> CliError {
    let reason = match error.kind() {
        io::ErrorKind::BrokenPipe => "nobody reads it any more".to_owned(),
        _ => system::reason(error).unwrap_or_else(|| system_text(error)),
    };
    CliError::new(format!("stdout cannot be written: {reason}."))
}

#[cfg(unix)]
mod system {
    use std::io;
    use std::time::Duration;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::fs::{FileType, OFlags, fcntl_getfl, fstat, fstatvfs};
    use rustix::io::{Errno, write};
    use rustix::process::{Resource, getrlimit, getuid};

    /// What the result of a command may need on its disk, in bytes.
    const NEEDED: u64 = 8192;

    /// Writes all of it. Not by `io::Stdout`, which takes a closed stdout for a success.
    pub(super) fn write_all(mut bytes: &[u8]) -> io::Result<()> {
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

    pub(super) fn is_writable(most: Duration) -> bool {
        let Ok(most) = Timespec::try_from(most) else { return true };
        // What cannot be looked at is found out by writing, and so is an error.
        !matches!(poll(&mut [PollFd::new(&io::stdout(), PollFlags::OUT)], Some(&most)), Ok(0) | Err(Errno::INTR))
    }

    pub(super) fn check() -> io::Result<()> {
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

    pub(super) fn reason(error: &io::Error) -> Option<String> {
        (Errno::from_io_error(error) == Some(Errno::BADF)).then(|| "it is closed, or not open for writing".to_owned())
    }
}

#[cfg(not(unix))]
mod system {
    use std::io::{self, Write as _};
    use std::time::Duration;

    pub(super) fn write_all(bytes: &[u8]) -> io::Result<()> {
        let mut stdout = io::stdout().lock();
        stdout.write_all(bytes).and_then(|()| stdout.flush())
    }

    pub(super) fn is_writable(_: Duration) -> bool {
        true
    }

    pub(super) fn check() -> io::Result<()> {
        Ok(())
    }

    pub(super) fn reason(_: &io::Error) -> Option<String> {
        None
    }
}
