//! Files as Unix identifies them.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::os::fd::AsFd as _;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::fs::OFlags;
use rustix::io::Errno;

use crate::system::kinds::Special;

/// A file, independent of its names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileId(u64, u64);

impl FileId {
    /// Returns the id of the file with this metadata, or `None` if it is not a regular file.
    pub fn of(_: &Path, metadata: &Metadata) -> Option<Self> {
        metadata.is_file().then(|| Self(metadata.dev(), metadata.ino()))
    }

    /// Returns the id of the file that stdin, stdout or stderr is connected to, or `None` if it is not a file.
    pub fn of_stream(stream: &impl std::os::fd::AsFd) -> Option<Self> {
        let file = File::from(stream.as_fd().try_clone_to_owned().ok()?);
        Self::of(Path::new(""), &file.metadata().ok()?)
    }
}

/// Returns a text that changes when the file is written or replaced. It has the length in bytes, the inode, and the
/// time of the last change in seconds and nanoseconds.
pub fn file_version(metadata: &Metadata) -> String {
    let (length, inode) = (metadata.len(), metadata.ino());
    format!("{length} bytes, inode {inode}, changed at {}.{:09}", metadata.ctime(), metadata.ctime_nsec())
}

/// Checks whether the path still names this open file itself, and not a link to it.
pub fn is_same(file: &File, path: &Path) -> bool {
    let (Ok(ours), Ok(there)) = (file.metadata(), fs::symlink_metadata(path)) else { return false };
    (ours.dev(), ours.ino()) == (there.dev(), there.ino())
}

/// Returns the kind of a path that is neither a file nor a folder.
pub fn special(metadata: &Metadata) -> Option<Special> {
    let file_type = metadata.file_type();
    if file_type.is_fifo() {
        return Some(Special::Fifo);
    }
    if file_type.is_socket() {
        return Some(Special::Socket);
    }
    (file_type.is_char_device() || file_type.is_block_device()).then_some(Special::Device)
}

/// Opens a file for reading. Opening a FIFO does not wait for a writer.
///
/// # Errors
///
/// When the system refuses.
pub fn open_without_waiting(path: &Path) -> io::Result<File> {
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    File::options().read(true).custom_flags(flags.bits().cast_signed()).open(path)
}

/// Makes opening a pipe not wait for its other end.
pub fn without_waiting(options: &mut OpenOptions) {
    options.custom_flags(OFlags::NONBLOCK.bits().cast_signed());
}

/// Opens a pipe or a device for writing. Waits for a limited time until a named pipe has a reader.
///
/// # Errors
///
/// When it is a socket, when the pipe has no reader, or when the system refuses.
pub fn open_stream(path: &Path, most: Duration) -> io::Result<File> {
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    let latest = Instant::now() + most;
    loop {
        match File::options().write(true).custom_flags(flags.bits().cast_signed()).open(path) {
            Ok(file) => {
                rustix::fs::fcntl_setfl(&file, OFlags::empty())?;
                return Ok(file);
            }
            Err(error) if error.raw_os_error() == Some(Errno::NXIO.raw_os_error()) => {
                let is_fifo = fs::metadata(path).is_ok_and(|there| there.file_type().is_fifo());
                if !is_fifo {
                    return Err(error);
                }
                if Instant::now() >= latest {
                    return Err(io::Error::new(io::ErrorKind::TimedOut, "it is a named pipe that no program reads"));
                }
                std::thread::sleep(Duration::from_millis(10));
            }
            Err(error) => return Err(error),
        }
    }
}

/// Checks whether a path names what stdout is connected to. Links are followed.
pub fn is_stdout(path: &Path) -> bool {
    let Ok(stdout) = io::stdout().as_fd().try_clone_to_owned().map(File::from).and_then(|file| file.metadata()) else {
        return false;
    };
    fs::metadata(path).is_ok_and(|there| (stdout.dev(), stdout.ino()) == (there.dev(), there.ino()))
}

/// Makes opening not follow links and not wait for the other end of a pipe.
pub fn no_link(options: &mut OpenOptions) {
    options.custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed());
}

/// Opens a file for reading. Does not change the time of its last access, if the system permits that.
///
/// # Errors
///
/// When the system refuses.
pub fn open_quietly(path: &Path) -> io::Result<File> {
    #[cfg(target_os = "linux")]
    {
        // Only the owner of the file may use NOATIME.
        let flags = OFlags::NOATIME | OFlags::NONBLOCK;
        let quiet = File::options().read(true).custom_flags(flags.bits().cast_signed()).open(path);
        if !matches!(&quiet, Err(error) if error.kind() == io::ErrorKind::PermissionDenied) {
            return quiet;
        }
    }
    File::open(path)
}

/// Returns the mount point of the file system that contains a folder. The folder's path must not contain links.
pub fn mount_point(folder: &Path) -> Option<PathBuf> {
    let device = folder.metadata().ok()?.dev();
    let inside = |folder: &&Path| folder.metadata().is_ok_and(|metadata| metadata.dev() == device);
    folder.ancestors().take_while(inside).last().map(Path::to_owned)
}

/// Checks whether this user may run the file.
pub fn is_executable(path: &Path) -> bool {
    use rustix::fs::{Access, AtFlags, CWD, accessat};
    accessat(CWD, path, Access::EXEC_OK, AtFlags::EACCESS).is_ok()
}

/// Whether links to files can be created.
pub const LINKS: bool = true;

/// Creates a link to a file.
///
/// # Errors
///
/// When the name is in use, or when the folder cannot be written.
pub fn link(file: &Path, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(file, link)
}

/// Checks whether a folder belongs to this user and is writable for this user but not for everyone else.
pub fn is_own_folder(folder: &Path) -> bool {
    use rustix::fs::{Access, AtFlags, CWD, accessat};
    let user = rustix::process::geteuid().as_raw();
    folder.metadata().is_ok_and(|metadata| metadata.is_dir() && metadata.uid() == user && metadata.mode() & 0o002 == 0)
        && accessat(CWD, folder, Access::WRITE_OK | Access::EXEC_OK, AtFlags::EACCESS).is_ok()
}
