//! Files and folders for their owner only. What lies in the folder of a Windows user is so from the start, by the rights that
//! it inherits.

use std::fs::{DirBuilder, File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

/// A new file has the rights of its folder.
pub fn for_owner(_: &mut OpenOptions) {}

/// A new folder has the rights of the one above.
pub fn for_owner_folder(_: &mut DirBuilder) {}

/// The rights stay as they are.
///
/// # Errors
///
/// Never here.
pub fn close_to_others(_: &File) -> io::Result<()> {
    Ok(())
}

/// The rights stay as they are.
///
/// # Errors
///
/// Never here.
pub fn open_to_readers(_: &File) -> io::Result<()> {
    Ok(())
}

/// The rights stay as they are.
///
/// # Errors
///
/// Never here.
pub fn close_folder_to_others(_: &Path) -> io::Result<()> {
    Ok(())
}

/// It is not known, and nothing could be done about it.
pub fn is_open_to_others(_: &Metadata) -> bool {
    false
}

/// Whether it is a file. Its owner is not known.
pub fn is_closed_to_writers(metadata: &Metadata) -> bool {
    metadata.is_file()
}

/// It is not known.
pub fn is_of_another_user(_: &Metadata) -> bool {
    false
}
