//! Files as the system knows them: what kind they are, and whether two names are one file.

use std::fs::{File, Metadata};
use std::io;
use std::path::{Path, PathBuf};

/// A file, whatever it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileId(u64, u64);

impl FileId {
    /// The file behind what is open or was looked at; `None` where it is not a regular file.
    #[cfg(unix)]
    pub fn of(metadata: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        metadata.is_file().then(|| Self(metadata.dev(), metadata.ino()))
    }

    /// Other systems do not say.
    #[cfg(not(unix))]
    pub fn of(_: &Metadata) -> Option<Self> {
        None
    }

    /// The file behind stdin, stdout or stderr, where one of them is a file.
    #[cfg(unix)]
    pub fn of_stream(stream: &impl std::os::fd::AsFd) -> Option<Self> {
        let file = File::from(stream.as_fd().try_clone_to_owned().ok()?);
        Self::of(&file.metadata().ok()?)
    }

    /// Other systems do not say.
    #[cfg(not(unix))]
    pub fn of_stream<T>(_: &T) -> Option<Self> {
        None
    }
}

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
        let id = |path: &Path| path.metadata().ok().and_then(|metadata| FileId::of(&metadata));
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
    let file_type = metadata.file_type();
    if file_type.is_dir() {
        return "a directory";
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt as _;
        if file_type.is_fifo() {
            return "a FIFO";
        }
        if file_type.is_socket() {
            return "a socket";
        }
        if file_type.is_char_device() || file_type.is_block_device() {
            return "a device";
        }
    }
    "not a regular file"
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

/// Opens a file to read it, without changing the time of its last access where the system lets us.
///
/// # Errors
///
/// Those of the system.
pub fn open_quietly(path: &Path) -> io::Result<File> {
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        // Only the owner may ask for it.
        let flags = rustix::fs::OFlags::NOATIME | rustix::fs::OFlags::NONBLOCK;
        let quiet = File::options().read(true).custom_flags(flags.bits().cast_signed()).open(path);
        if !matches!(&quiet, Err(error) if error.kind() == io::ErrorKind::PermissionDenied) {
            return quiet;
        }
    }
    File::open(path)
}
