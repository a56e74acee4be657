//! Files as far as every system knows them.

use std::fs::{self, File, Metadata, OpenOptions};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, Read as _, Seek as _};
use std::path::{Path, PathBuf};

use crate::system::Special;

/// A file, by its path without links. The standard library has no number for the file itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileId(u64);

impl FileId {
    /// The file with that path, which is open or was looked at; `None` where it is not a regular file.
    pub fn of(path: &Path, metadata: &Metadata) -> Option<Self> {
        let whole = path.canonicalize().ok().filter(|_| metadata.is_file())?;
        let mut hasher = DefaultHasher::new();
        whole.hash(&mut hasher);
        Some(Self(hasher.finish()))
    }

    /// It is not known.
    pub fn of_stream<T>(_: &T) -> Option<Self> {
        None
    }
}

/// Whether the path names a file with the content of that open one, which is small.
pub fn is_same(file: &File, path: &Path) -> bool {
    const MOST: u64 = 1 << 16;
    let mut file = file;
    let mut ours = Vec::new();
    let read = file.rewind().and_then(|()| file.take(MOST).read_to_end(&mut ours));
    read.is_ok() && fs::read(path).is_ok_and(|there| there == ours)
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

/// Only administrators make links on Windows, so that one is followed.
pub fn no_link(_: &mut OpenOptions) {}

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
    crate::system::home().is_some_and(|home| folder.starts_with(home))
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
