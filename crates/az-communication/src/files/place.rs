//! Files as the system identifies them: their kind, and whether two paths name the same file.

use std::fs::Metadata;
use std::path::{Path, PathBuf};

use crate::system::{self, Special};
pub use crate::system::{FileId, open_quietly};

/// A file that a command uses for another purpose, and the option that names it.
#[derive(Debug, Clone, Copy)]
pub struct Other<'a> {
    /// The option.
    pub named_by: &'static str,
    /// The file.
    pub file: Which<'a>,
}

/// A file, identified by its path or by its id.
#[derive(Debug, Clone, Copy)]
pub enum Which<'a> {
    /// By its path. The file may be missing.
    Path(&'a Path),
    /// By its id.
    Id(FileId),
}

impl Other<'_> {
    /// Checks whether a path names this file, under any name.
    pub fn is(&self, path: &Path) -> bool {
        let id = |path: &Path| path.metadata().ok().and_then(|metadata| FileId::of(path, &metadata));
        match self.file {
            Which::Id(other) => id(path) == Some(other),
            Which::Path(other) => match (id(path), id(other)) {
                (Some(id), Some(other)) => id == other,
                // Both files are missing, so their folders and names are compared.
                (None, None) => whole(path).is_some_and(|path| whole(other) == Some(path)),
                _ => false,
            },
        }
    }
}

/// Returns the folder of a file.
pub fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Returns the path without links. The file itself may be missing.
fn whole(path: &Path) -> Option<PathBuf> {
    Some(folder(path).canonicalize().ok()?.join(path.file_name()?))
}

/// Describes a path that does not name a regular file.
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

/// Returns the reason why a missing file must not be created, and what to do: the path is a symbolic link, so the file
/// would be created elsewhere.
pub fn dangling(path: &Path) -> Option<(&'static str, &'static str)> {
    let target = path.read_link().ok()?;
    // This is the case for /dev/stdout where /proc is not mounted.
    Some(if target.starts_with("/proc") {
        ("it is a symbolic link into /proc, which is not mounted", "Give the path of a file, or - for stdout.")
    } else {
        ("it is a symbolic link to a file that does not exist", "Create the file, or give its path.")
    })
}
