//! Files that have no name until they are complete. Nothing is left of them if the process ends before.

use std::fs::{self, File};
use std::io;
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat};

/// Opens a new file without a name in a folder, for writing. Only its owner may read it. Returns `None` if the file
/// system has no such files, if /proc is not mounted, which `name` needs, or if the folder cannot be written.
pub fn nameless(folder: &Path) -> Option<File> {
    let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(folder, flags, Mode::RUSR | Mode::WUSR).ok()?);
    super::close_to_others(&file).ok()?;
    let id = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    let is_there = fs::metadata(path_of(&file)).ok().map(id) == file.metadata().ok().map(id);
    is_there.then_some(file)
}

/// Gives a file of [`nameless`] its name.
///
/// # Errors
///
/// When there is something with that name, or when the system refuses.
pub fn name(file: &File, path: &Path) -> io::Result<()> {
    Ok(linkat(CWD, path_of(file), CWD, path, AtFlags::SYMLINK_FOLLOW)?)
}

/// Returns a path that leads to an open file.
fn path_of(file: &File) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()))
}
