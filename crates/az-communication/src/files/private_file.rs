//! Files and folders that only their owner may read, and certificate files that everyone may read. The umask does not
//! change these permissions.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::time::SystemTime;

use super::target::Target;
use crate::system;

/// Creates a folder.
///
/// # Errors
///
/// When the folder exists, or when its parent cannot be written.
pub fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    system::for_owner_folder(&mut builder);
    builder.create(path)?;
    // The umask may have removed permissions of the owner.
    system::close_folder_to_others(path)
}

/// Opens a file for writing and empties it.
///
/// # Errors
///
/// When it cannot be opened.
pub fn create(path: &Path) -> io::Result<File> {
    open(path, OpenOptions::new().write(true).create(true).truncate(true))
}

/// Creates a file and opens it for writing. Links are not followed.
///
/// # Errors
///
/// When the name is in use, or when the folder cannot be written.
pub fn create_new(path: &Path) -> io::Result<File> {
    open(path, OpenOptions::new().write(true).create_new(true))
}

fn open(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    system::for_owner(options);
    let file = options.open(path)?;
    system::close_to_others(&file)?;
    Ok(file)
}

/// Writes a file under another name and then renames it, so that a reader finds either the old or the new content.
/// Links are followed.
///
/// # Errors
///
/// When the folder cannot be written.
pub fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let Target::File(path) = Target::of(path)? else { return Err(not_a_file()) };
    rename_written(&path, |temporary| create(temporary)?.write_all(content))
}

/// Replaces a file of the program's own as [`replace`] does, and lets everyone read it. The content is on the disk
/// before the new file has the name. A link is replaced, and nothing is written to the file to which it leads.
/// `modified` is the time at which the file was written, as the file states it.
///
/// # Errors
///
/// When the folder cannot be written, or when there is something other than a file or a link.
pub fn replace_for_all_users(path: &Path, content: &[u8], modified: Option<SystemTime>) -> io::Result<()> {
    if fs::symlink_metadata(path).is_ok_and(|there| !there.is_file() && !there.is_symlink()) {
        return Err(not_a_file());
    }
    rename_written(path, |temporary| {
        let mut file = create(temporary)?;
        system::open_to_readers(&file)?;
        file.write_all(content)?;
        modified.map_or(Ok(()), |time| file.set_modified(time))?;
        file.sync_all()
    })
}

fn not_a_file() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file")
}

fn rename_written(path: &Path, write: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
    // Another process may replace the same file now.
    let temporary = path.with_extension(format!("{}.new", std::process::id()));
    write(&temporary).and_then(|()| fs::rename(&temporary, path)).inspect_err(|_| {
        let _ = fs::remove_file(&temporary);
    })
}

/// Checks whether the path is a regular file (not a link) with this content.
pub fn holds(path: &Path, content: &[u8]) -> bool {
    let is_as_long = fs::symlink_metadata(path).is_ok_and(|file| file.is_file() && file.len() == content.len() as u64);
    is_as_long && fs::read(path).is_ok_and(|there| there == content)
}
