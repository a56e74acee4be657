//! What the standard library can do on every system.

#[cfg(feature = "sqlite")]
mod access;

use std::fs::{DirBuilder, File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

#[cfg(feature = "sqlite")]
pub(crate) use access::{check, mend};

/// Whether the database is locked beside its lock file. On Windows, SQLite could not lock it then.
pub(crate) const LOCKS_DATABASE: bool = false;

/// Whether an address whose last connections are not forgotten yet is taken again.
pub(crate) const REUSES_ADDRESSES: bool = !cfg!(windows);

/// A new folder has the rights of the one above.
pub(crate) fn for_owner_folder(_: &mut DirBuilder) {}

/// The rights stay as they are.
pub(crate) fn close_folder_to_others(_: &Path) -> io::Result<()> {
    Ok(())
}

/// A new file has the rights of its folder.
pub(crate) fn for_owner(_: &mut OpenOptions) {}

/// The rights stay as they are.
pub(crate) fn close_to_others(_: &File) -> io::Result<()> {
    Ok(())
}

/// The rights stay as they are.
pub(crate) fn open_to_readers(_: &File) -> io::Result<()> {
    Ok(())
}

/// Only administrators make links on Windows, so that one is followed.
pub(crate) fn no_link(_: &mut OpenOptions) {}

/// Opening waits for nobody.
pub(crate) fn without_waiting(_: &mut OpenOptions) {}

/// Where owners are not known, no folder counts as private.
pub(crate) fn is_private_folder(_: &Path) -> bool {
    false
}

/// It is not known, so none has.
pub(crate) fn has_ended(_: i32) -> bool {
    false
}

/// Files have no numbers, so being there is all that can be seen.
pub(crate) fn identity(_: &Metadata) -> (u64, u64) {
    (0, 0)
}

/// Writes from the beginning of a file that was just opened.
pub(crate) fn write_at_start(mut file: &File, content: &[u8]) -> io::Result<()> {
    io::Write::write_all(&mut file, content)
}

/// Nothing is allocated.
pub(crate) fn allocate(_: &File, _: u64) -> io::Result<()> {
    Ok(())
}
