//! Files as the system knows them: what kind they are, and whether two names are one file.

use std::fs::Metadata;
use std::path::{Path, PathBuf};

use crate::system::{self, Special};
pub use crate::system::{FileId, open_quietly};

/// A file that a command uses for something else, and what names it.
#[derive(Debug, Clone, Copy)]
pub struct Other<'a> {
    /// The option.
    pub named_by: &'static str,
    /// The file.
    pub file: Which<'a>,
}

/// A file by its path, where it need not be there, or by what it is.
#[derive(Debug, Clone, Copy)]
pub enum Which<'a> {
    /// By its path.
    Path(&'a Path),
    /// By what it is.
    Id(FileId),
}

impl Other<'_> {
    /// Whether that path names it, by any name.
    pub fn is(&self, path: &Path) -> bool {
        let id = |path: &Path| path.metadata().ok().and_then(|metadata| FileId::of(path, &metadata));
        match self.file {
            Which::Id(other) => id(path) == Some(other),
            Which::Path(other) => match (id(path), id(other)) {
                (Some(id), Some(other)) => id == other,
                // Neither is there: the folders are compared, and the names in them.
                (None, None) => whole(path).is_some_and(|path| whole(other) == Some(path)),
                _ => false,
            },
        }
    }
}

/// A path without links, of a file that need not be there.
fn whole(path: &Path) -> Option<PathBuf> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Some(folder.canonicalize().ok()?.join(path.file_name()?))
}

/// What a path names that is not a regular file, in words.
pub fn kind(metadata: &Metadata) -> &'static str {
    if metadata.is_dir() {
        return "a directory";
    }
    match system::special(metadata) {
        Some(Special::Fifo) => "a FIFO",
        Some(Special::Socket) => "a socket",
        Some(Special::Device) => "a device",
        None => "not a regular file",
    }
}

/// Why a path that names no file must not be created: it is a symbolic link, and the file would come into being somewhere
/// else. With what to do about it.
pub fn dangling(path: &Path) -> Option<(&'static str, &'static str)> {
    let target = path.read_link().ok()?;
    // /dev/stdout, where /proc is not mounted.
    Some(if target.starts_with("/proc") {
        ("it is a symbolic link into /proc, which is not there", "Give the path of a file, or - for stdout.")
    } else {
        ("it is a symbolic link to a file that does not exist", "Create the file, or give its path.")
    })
}
