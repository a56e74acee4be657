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
