//! Files as the system knows them.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use crate::system::Special;

/// A file, whatever it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileId(u64, u64);

impl FileId {
    /// The file with that path, which is open or was looked at; `None` where it is not a regular file.
    pub fn of(_: &Path, metadata: &Metadata) -> Option<Self> {
        metadata.is_file().then(|| Self(metadata.dev(), metadata.ino()))
    }

    /// The file behind stdin, stdout or stderr, where one of them is a file.
    pub fn of_stream(stream: &impl std::os::fd::AsFd) -> Option<Self> {
        let file = File::from(stream.as_fd().try_clone_to_owned().ok()?);
        Self::of(Path::new(""), &file.metadata().ok()?)
    }
}

/// Whether the path still names that open file itself, and not a link to it.
pub fn is_same(file: &File, path: &Path) -> bool {
    let (Ok(ours), Ok(there)) = (file.metadata(), fs::symlink_metadata(path)) else { return false };
    (ours.dev(), ours.ino()) == (there.dev(), there.ino())
}

/// What a path names that is neither a file nor a folder.
pub fn special(metadata: &Metadata) -> Option<Special> {
    let file_type = metadata.file_type();
    if file_type.is_fifo() {
        return Some(Special::Fifo);
    }
    if file_type.is_socket() {
        return Some(Special::Socket);
    }
    (file_type.is_char_device() || file_type.is_block_device()).then_some(Special::Device)
}

/// Opens a file for reading. Opening a FIFO does not wait for somebody who writes.
///
/// # Errors
///
/// Those of the system.
pub fn open_without_waiting(path: &Path) -> io::Result<File> {
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    File::options().read(true).custom_flags(flags.bits().cast_signed()).open(path)
}

/// Opening does not wait for the other end of a pipe.
pub fn without_waiting(options: &mut OpenOptions) {
    options.custom_flags(OFlags::NONBLOCK.bits().cast_signed());
}

/// Opening neither follows a link nor waits for the other end of a pipe.
pub fn no_link(options: &mut OpenOptions) {
    options.custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed());
}

/// Opens a file to read it, without changing the time of its last access where the system lets us.
///
/// # Errors
///
/// Those of the system.
pub fn open_quietly(path: &Path) -> io::Result<File> {
    #[cfg(target_os = "linux")]
    {
        // Only the owner may ask for it.
        let flags = OFlags::NOATIME | OFlags::NONBLOCK;
        let quiet = File::options().read(true).custom_flags(flags.bits().cast_signed()).open(path);
        if !matches!(&quiet, Err(error) if error.kind() == io::ErrorKind::PermissionDenied) {
            return quiet;
        }
    }
    File::open(path)
}

/// Where the file system begins that a folder is in; the folder's path has no links.
pub fn mount_point(folder: &Path) -> Option<PathBuf> {
    let device = folder.metadata().ok()?.dev();
    let inside = |folder: &&Path| folder.metadata().is_ok_and(|metadata| metadata.dev() == device);
    folder.ancestors().take_while(inside).last().map(Path::to_owned)
}

/// Whether this user may run the file.
pub fn is_executable(path: &Path) -> bool {
    use rustix::fs::{Access, AtFlags, CWD, accessat};
    accessat(CWD, path, Access::EXEC_OK, AtFlags::EACCESS).is_ok()
}

/// Whether links can be made to files.
pub const LINKS: bool = true;

/// Makes a link to a file.
///
/// # Errors
///
/// When something of that name exists, or the folder cannot be written.
pub fn link(file: &Path, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(file, link)
}

/// Whether a folder belongs to this user, who can write it, and not everybody else.
pub fn is_own_folder(folder: &Path) -> bool {
    use rustix::fs::{Access, AtFlags, CWD, accessat};
    let user = rustix::process::geteuid().as_raw();
    folder.metadata().is_ok_and(|metadata| metadata.is_dir() && metadata.uid() == user && metadata.mode() & 0o002 == 0)
        && accessat(CWD, folder, Access::WRITE_OK | Access::EXEC_OK, AtFlags::EACCESS).is_ok()
}
