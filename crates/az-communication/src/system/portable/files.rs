//! Files, as far as the standard library supports them on every system.

use std::fs::{self, File, Metadata, OpenOptions};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, Read as _, Seek as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::system::kinds::Special;

/// A file, identified by its path without links. The standard library offers no id for the file itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileId(u64);

impl FileId {
    /// Returns the id of the file at this path. `metadata` is the file's metadata. Returns `None` if it is not a
    /// regular file.
    pub fn of(path: &Path, metadata: &Metadata) -> Option<Self> {
        let whole = path.canonicalize().ok().filter(|_| metadata.is_file())?;
        let mut hasher = DefaultHasher::new();
        whole.hash(&mut hasher);
        Some(Self(hasher.finish()))
    }

    /// Returns `None`, because the file of a stream is not known.
    pub fn of_stream<T>(_: &T) -> Option<Self> {
        None
    }
}

/// Returns a text that changes when the file is written or replaced. It has the length in bytes, and the time of the
/// last change since 1970.
pub fn file_version(metadata: &Metadata) -> String {
    let since = metadata.modified().ok().and_then(|at| at.duration_since(SystemTime::UNIX_EPOCH).ok());
    let since = since.unwrap_or_default();
    format!("{} bytes, changed at {}.{:09}", metadata.len(), since.as_secs(), since.subsec_nanos())
}

/// Checks whether the path names a file with the same content as this open file. The file must be small.
pub fn is_same(file: &File, path: &Path) -> bool {
    const MOST: u64 = 1 << 16;
    let mut file = file;
    let mut ours = Vec::new();
    let read = file.rewind().and_then(|()| file.take(MOST).read_to_end(&mut ours));
    read.is_ok() && fs::read(path).is_ok_and(|there| there == ours)
}

/// Returns `None`, because Windows has only files and folders at such paths.
pub fn special(_: &Metadata) -> Option<Special> {
    None
}

/// Opens a file for reading.
///
/// # Errors
///
/// When the system refuses.
pub fn open_without_waiting(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// Opens a device for writing.
///
/// # Errors
///
/// When the system refuses.
pub fn open_stream(path: &Path, _: Duration) -> io::Result<File> {
    File::options().write(true).open(path)
}

/// Returns `false`, because the file of stdout is not known.
pub fn is_stdout(_: &Path) -> bool {
    false
}

/// Does nothing, because opening a file never waits on this system.
pub fn without_waiting(_: &mut OpenOptions) {}

/// Does nothing, so links are followed. On Windows, usually only administrators can create links.
pub fn no_link(_: &mut OpenOptions) {}

/// Opens a file for reading.
///
/// # Errors
///
/// When the system refuses.
pub fn open_quietly(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// Returns the drive or the root of a folder.
pub fn mount_point(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().last().map(Path::to_owned)
}

/// Returns `true`: on Windows, the name of a file shows whether it is a program.
pub fn is_executable(_: &Path) -> bool {
    true
}

/// Whether links to files can be created. On Windows, this needs a right that most users lack.
pub const LINKS: bool = false;

/// Creates no link.
///
/// # Errors
///
/// Always.
pub fn link(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Checks whether a folder belongs to this user and can be written: it is below the home folder and not read-only.
pub fn is_own_folder(folder: &Path) -> bool {
    crate::system::home::home().is_some_and(|home| folder.starts_with(home))
        && folder.metadata().is_ok_and(|metadata| metadata.is_dir() && !metadata.permissions().readonly())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_each_of_its_paths() {
        let folder = std::env::temp_dir().join(format!("az-file-id-{}", std::process::id()));
        fs::create_dir_all(folder.join("below")).unwrap();
        let (one, other) = (folder.join("one"), folder.join("other"));
        fs::write(&one, "").unwrap();
        fs::write(&other, "").unwrap();
        let id = |path: &Path| FileId::of(path, &path.metadata().unwrap());
        let (by_name, by_detour) = (id(&one), id(&folder.join("below/../one")));
        let (of_other, of_folder) = (id(&other), id(&folder));
        fs::remove_dir_all(&folder).unwrap();
        assert!(by_name.is_some() && by_name == by_detour && by_name != of_other);
        assert_eq!(of_folder, None);
    }
}
