//! The functions as the standard library offers them on every system.

#[cfg(feature = "sqlite")]
mod access;

use std::fs::{DirBuilder, File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

#[cfg(feature = "sqlite")]
pub(crate) use access::{check, mend};

/// Whether the database file is locked in addition to its lock file. On Windows, that lock would prevent SQLite from
/// locking it.
pub(crate) const LOCKS_DATABASE: bool = false;

/// Whether an address can be reused while its last connections are still in TIME_WAIT.
pub(crate) const REUSES_ADDRESSES: bool = !cfg!(windows);

/// Leaves the options unchanged: a new folder has the rights of its parent.
pub(crate) fn for_owner_folder(_: &mut DirBuilder) {}

/// Leaves the rights unchanged.
pub(crate) fn close_folder_to_others(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Leaves the options unchanged: a new file has the rights of its folder.
pub(crate) fn for_owner(_: &mut OpenOptions) {}

/// Leaves the rights unchanged.
pub(crate) fn close_to_others(_: &File) -> io::Result<()> {
    Ok(())
}

/// Returns `None`, because the mode of a file is not known.
pub(crate) fn open_to_others(_: &Metadata) -> Option<u32> {
    None
}

/// Leaves the rights unchanged.
pub(crate) fn open_to_readers(_: &File) -> io::Result<()> {
    Ok(())
}

/// Leaves the options unchanged, so links are followed. On Windows, only administrators can make links.
pub(crate) fn no_link(_: &mut OpenOptions) {}

/// Leaves the options unchanged, because opening a file does not wait here.
pub(crate) fn without_waiting(_: &mut OpenOptions) {}

/// Returns false, because the owner of a folder is not known.
pub(crate) fn is_private_folder(_: &Path) -> bool {
    false
}

/// Returns false, because it is not known whether the process runs.
pub(crate) fn has_ended(_: i32) -> bool {
    false
}

/// Returns the same numbers for every file, because files have none here. A comparison only shows whether the file
/// exists.
pub(crate) fn identity(_: &Metadata) -> (u64, u64) {
    (0, 0)
}

/// Writes from the beginning of a file. The file must have just been opened.
pub(crate) fn write_at_start(mut file: &File, content: &[u8]) -> io::Result<()> {
    io::Write::write_all(&mut file, content)
}

/// Returns nothing, because the size of a disk is not known.
pub(crate) fn free_bytes(_: &Path) -> Option<u64> {
    None
}

/// Does nothing.
pub(crate) fn allocate(_: &File, _: u64) -> io::Result<()> {
    Ok(())
}

/// A connection to a Unix socket. There are none here.
#[cfg(feature = "postgres")]
pub(crate) type LocalStream = tokio::net::TcpStream;

/// Fails, because there are no Unix sockets here.
#[cfg(feature = "postgres")]
pub(crate) async fn connect_local(_: &str) -> io::Result<LocalStream> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Leaves the options unchanged.
#[cfg(feature = "postgres")]
pub(crate) fn end_if_silent(_: &tokio::net::TcpStream, _: std::time::Duration, _: std::time::Duration) {}
