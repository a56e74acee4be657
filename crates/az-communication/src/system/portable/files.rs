//! Files as far as every system knows them.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use crate::system::Special;

/// A file, whatever it is called. The standard library has no number for it, so that there is no value of this type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileId {}

impl FileId {
    /// It is not known.
    pub fn of(_: &Metadata) -> Option<Self> {
        None
    }

    /// It is not known.
    pub fn of_stream<T>(_: &T) -> Option<Self> {
        None
    }
}

/// Windows names nothing else than files and folders in this way.
pub fn special(_: &Metadata) -> Option<Special> {
    None
}

/// Opens a file for reading.
///
/// # Errors
///
/// Those of the system.
pub fn open_without_waiting(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// Opening waits for nobody.
pub fn without_waiting(_: &mut OpenOptions) {}

/// Opens a file to read it.
///
/// # Errors
///
/// Those of the system.
pub fn open_quietly(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// The drive or the root that a folder is on.
pub fn mount_point(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().last().map(Path::to_owned)
}

/// What is a program shows in its name.
pub fn is_executable(_: &Path) -> bool {
    true
}

/// Whether links can be made to files. Windows asks for rights that most users lack.
pub const LINKS: bool = false;

/// No link is made.
///
/// # Errors
///
/// Always.
pub fn link(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Whether a folder belongs to this user, who can write it: it is below the home folder.
pub fn is_own_folder(folder: &Path) -> bool {
    crate::config::home().is_some_and(|home| folder.starts_with(home))
        && folder.metadata().is_ok_and(|metadata| metadata.is_dir() && !metadata.permissions().readonly())
}
