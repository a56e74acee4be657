//! The functions for Linux, macOS and other kinds of Unix.

#[cfg(feature = "sqlite")]
mod access;

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;
#[cfg(feature = "postgres")]
use std::time::Duration;

use rustix::fs::OFlags;
use rustix::io::Errno;
use rustix::process::{Pid, geteuid, test_kill_process};

#[cfg(feature = "sqlite")]
pub(crate) use access::{check, mend};

/// Whether the database file is locked in addition to its lock file. Only on Linux are these locks independent of the
/// locks of SQLite.
pub(crate) const LOCKS_DATABASE: bool = cfg!(target_os = "linux");

/// Whether an address can be reused while its last connections are still in TIME_WAIT.
pub(crate) const REUSES_ADDRESSES: bool = true;

/// Makes a new folder usable by its owner only.
pub(crate) fn for_owner_folder(builder: &mut DirBuilder) {
    builder.mode(0o700);
}

/// Lets only the owner use a folder.
pub(crate) fn close_folder_to_others(path: &Path) -> io::Result<()> {
    fs::set_permissions(path, Permissions::from_mode(0o700))
}

/// Makes a new file usable by its owner only.
pub(crate) fn for_owner(options: &mut OpenOptions) {
    options.mode(0o600);
}

/// Lets only the owner read and write a file.
pub(crate) fn close_to_others(file: &File) -> io::Result<()> {
    file.set_permissions(Permissions::from_mode(0o600))
}

/// Returns the mode of a file of this user that other users may use. Returns `None` for a file that is closed to them,
/// and for a file of another user.
pub(crate) fn open_to_others(metadata: &Metadata) -> Option<u32> {
    let mode = metadata.mode() & 0o777;
    (metadata.uid() == geteuid().as_raw() && mode & 0o077 != 0).then_some(mode)
}

/// Lets all users read a file, and its owner write it.
pub(crate) fn open_to_readers(file: &File) -> io::Result<()> {
    file.set_permissions(Permissions::from_mode(0o644))
}

/// Makes opening refuse a link, and not wait for the other end of a pipe.
pub(crate) fn no_link(options: &mut OpenOptions) {
    options.custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed());
}

/// Makes opening not wait for the other end of a pipe.
pub(crate) fn without_waiting(options: &mut OpenOptions) {
    options.custom_flags(OFlags::NONBLOCK.bits().cast_signed());
}

/// Checks whether it is a folder of this user, not a link, and closed to other users.
pub(crate) fn is_private_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| {
        metadata.is_dir() && metadata.uid() == geteuid().as_raw() && metadata.mode() & 0o777 == 0o700
    })
}

/// Checks whether no process has this id.
pub(crate) fn has_ended(process: i32) -> bool {
    Pid::from_raw(process).is_some_and(|process| test_kill_process(process) == Err(Errno::SRCH))
}

/// Returns the numbers that identify a file: its inode and its device.
pub(crate) fn identity(metadata: &Metadata) -> (u64, u64) {
    (metadata.dev(), metadata.ino())
}

/// Writes at the beginning of a file without using its position, as SQLite does.
pub(crate) fn write_at_start(file: &File, content: &[u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, content, 0)
}

/// Returns how many bytes an unprivileged process can still write to the disk of a path.
pub(crate) fn free_bytes(path: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(path).ok()?;
    disk.f_bavail.checked_mul(disk.f_frsize)
}

/// Allocates the first bytes of a file.
#[cfg(target_os = "linux")]
pub(crate) fn allocate(file: &File, length: u64) -> io::Result<()> {
    Ok(rustix::fs::fallocate(file, rustix::fs::FallocateFlags::empty(), 0, length)?)
}

/// Does nothing.
#[cfg(not(target_os = "linux"))]
pub(crate) fn allocate(_: &File, _: u64) -> io::Result<()> {
    Ok(())
}

/// A connection to a Unix socket.
#[cfg(feature = "postgres")]
pub(crate) type LocalStream = tokio::net::UnixStream;

/// Connects to a Unix socket.
#[cfg(feature = "postgres")]
pub(crate) async fn connect_local(path: &str) -> io::Result<LocalStream> {
    LocalStream::connect(path).await
}

/// Makes the system end a connection whose other end has stopped answering: after about `idle` while nothing is sent,
/// and on Linux after `unacknowledged` while something is sent. An option that the system lacks is left out.
#[cfg(feature = "postgres")]
pub(crate) fn end_if_silent(stream: &tokio::net::TcpStream, idle: Duration, unacknowledged: Duration) {
    use rustix::net::sockopt;
    let _ = sockopt::set_socket_keepalive(stream, true);
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    {
        let _ = sockopt::set_tcp_keepidle(stream, idle);
        let _ = sockopt::set_tcp_keepintvl(stream, idle);
        let _ = sockopt::set_tcp_keepcnt(stream, 1);
    }
    #[cfg(target_os = "linux")]
    let _ = sockopt::set_tcp_user_timeout(stream, u32::try_from(unacknowledged.as_millis()).unwrap_or(u32::MAX));
    let _ = (idle, unacknowledged);
}
