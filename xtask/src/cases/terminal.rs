//! Pseudo-terminals, one for each stream.

use std::fs::{File, OpenOptions};
use std::os::fd::OwnedFd;
use std::process::Stdio;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::error::Error;

/// Opens a terminal. Returns our end and the program's end.
///
/// # Errors
///
/// When the system has no free terminal.
pub fn open() -> Result<(File, Stdio), Error> {
    let failed = |error: rustix::io::Errno| Error::new(format!("a terminal cannot be opened: {error}"));
    let ours: OwnedFd = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).map_err(failed)?;
    grantpt(&ours).map_err(failed)?;
    unlockpt(&ours).map_err(failed)?;
    let name = ptsname(&ours, Vec::new()).map_err(failed)?.to_string_lossy().into_owned();
    let theirs = OpenOptions::new().read(true).write(true).open(name)?;
    Ok((ours.into(), theirs.into()))
}
