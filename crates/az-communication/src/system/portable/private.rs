//! Files and folders for their owner only. On Windows, files in a user's folder inherit such permissions.

use std::fs::{DirBuilder, File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

/// Does nothing. A new file has the permissions of its folder.
pub fn for_owner(_: &mut OpenOptions) {}

/// Does nothing. A new folder has the permissions of its parent.
pub fn for_owner_folder(_: &mut DirBuilder) {}

/// Does nothing. The permissions stay as they are.
///
/// # Errors
///
/// Never on this system.
pub fn close_to_others(_: &File) -> io::Result<()> {
    Ok(())
}

/// Does nothing. The permissions stay as they are.
///
/// # Errors
///
/// Never on this system.
pub fn open_to_readers(_: &File) -> io::Result<()> {
    Ok(())
}

/// Does nothing. The permissions stay as they are.
///
/// # Errors
///
/// Never on this system.
pub fn close_folder_to_others(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Returns `false`: the permissions are not known and could not be changed.
pub fn is_open_to_others(_: &Metadata) -> bool {
    false
}

/// Returns `false`: the permissions are not known.
pub fn has_rights_for_others(_: &Metadata) -> bool {
    false
}

/// Checks whether it is a file. Its owner is not known.
pub fn is_closed_to_writers(metadata: &Metadata) -> bool {
    metadata.is_file()
}

/// Returns `false`: the owner is not known.
pub fn is_of_another_user(_: &Metadata) -> bool {
    false
}
