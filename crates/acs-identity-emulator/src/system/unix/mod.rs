//! Linux, macOS and other kinds of Unix.

#[cfg(feature = "sqlite")]
mod access;

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use rustix::fs::OFlags;
use rustix::io::Errno;
use rustix::process::{Pid, geteuid, test_kill_process};

#[cfg(feature = "sqlite")]
pub(crate) use access::{check, mend};

/// Whether the database is locked beside its lock file. Only on Linux these locks and those of SQLite do not see each other.
pub(crate) const LOCKS_DATABASE: bool = cfg!(target_os = "linux");

/// Whether an address whose last connections are not forgotten yet is taken again.
pub(crate) const REUSES_ADDRESSES: bool = true;

/// A new folder is for its owner only.
pub(crate) fn for_owner_folder(builder: &mut DirBuilder) {
    builder.mode(0o700);
}

/// Lets the owner use a folder, and nobody else.
pub(crate) fn close_folder_to_others(path: &Path) -> io::Result<()> {
    fs::set_permissions(path, Permissions::from_mode(0o700))
}

/// A new file is for its owner only.
pub(crate) fn for_owner(options: &mut OpenOptions) {
    options.mode(0o600);
}

/// Lets the owner read and write a file, and nobody else.
pub(crate) fn close_to_others(file: &File) -> io::Result<()> {
    file.set_permissions(Permissions::from_mode(0o600))
}

/// Lets everybody read a file, and its owner write it.
pub(crate) fn open_to_readers(file: &File) -> io::Result<()> {
    file.set_permissions(Permissions::from_mode(0o644))
}

/// Opening neither follows a link nor waits for the other end of a pipe.
pub(crate) fn no_link(options: &mut OpenOptions) {
    options.custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed());
}

/// Opening does not wait for the other end of a pipe.
pub(crate) fn without_waiting(options: &mut OpenOptions) {
    options.custom_flags(OFlags::NONBLOCK.bits().cast_signed());
}

/// Whether it is a folder of this user that nobody else can look into, and not a link to one.
pub(crate) fn is_private_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| {
        metadata.is_dir() && metadata.uid() == geteuid().as_raw() && metadata.mode() & 0o777 == 0o700
    })
}

/// Whether no process has that number.
pub(crate) fn has_ended(process: i32) -> bool {
    Pid::from_raw(process).is_some_and(|process| test_kill_process(process) == Err(Errno::SRCH))
}

/// The number of a file, and that of the disk it is on.
pub(crate) fn identity(metadata: &Metadata) -> (u64, u64) {
    (metadata.dev(), metadata.ino())
}

/// Writes without the position of the file, as SQLite does.
pub(crate) fn write_at_start(file: &File, content: &[u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, content, 0)
}

/// Allocates the first bytes of a file.
#[cfg(target_os = "linux")]
pub(crate) fn allocate(file: &File, length: u64) -> io::Result<()> {
    Ok(rustix::fs::fallocate(file, rustix::fs::FallocateFlags::empty(), 0, length)?)
}

/// Nothing is allocated.
#[cfg(not(target_os = "linux"))]
pub(crate) fn allocate(_: &File, _: u64) -> io::Result<()> {
    Ok(())
}
