//! Files and folders that only their owner may read, whatever the umask says.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use crate::system;

/// Makes a folder.
///
/// # Errors
///
/// When it exists, or the parent cannot be written.
pub fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    system::for_owner_folder(&mut builder);
    builder.create(path)?;
    // The umask may have taken rights away from the owner.
    system::close_folder_to_others(path)
}

/// Opens a file for writing, and empties it.
///
/// # Errors
///
/// When it cannot be opened.
pub fn create(path: &Path) -> io::Result<File> {
    open(path, OpenOptions::new().write(true).create(true).truncate(true))
}

/// Makes a file, and opens it for writing. No link is followed.
///
/// # Errors
///
/// When something of that name exists, or the folder cannot be written.
pub fn create_new(path: &Path) -> io::Result<File> {
    open(path, OpenOptions::new().write(true).create_new(true))
}

fn open(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    system::for_owner(options);
    let file = options.open(path)?;
    system::close_to_others(&file)?;
    Ok(file)
}

/// Writes a file under another name and then gives it its own, so that a reader finds the old or the new content.
///
/// # Errors
///
/// When the folder cannot be written.
pub fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let temporary = path.with_extension("new");
    create(&temporary)?.write_all(content)?;
    fs::rename(&temporary, path)
}
