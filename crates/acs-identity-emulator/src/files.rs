//! Files that only their owner may read, written so that a kill at any instant leaves the old or the new one. Links are not
//! followed, and what is not a regular file of a sane size is not read: it could hang, or be somebody else's.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::Path;

use crate::error::Error;
use crate::system;

/// Larger files are none of ours.
const MAX_FILE: u64 = 1024 * 1024;

/// Makes the folder, for its owner only.
pub(crate) fn make_folder(path: &Path) -> Result<(), Error> {
    make_missing(path).map_err(|error| Error::File(path.to_owned(), error))
}

/// Makes a folder and those that it is in. The umask may not take the owner's rights away: each would stop the next one.
fn make_missing(path: &Path) -> std::io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        make_missing(parent)?;
    }
    let mut builder = fs::DirBuilder::new();
    system::for_owner_folder(&mut builder);
    match builder.create(path) {
        // Somebody else made it meanwhile, or it is something else.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            if path.is_dir() {
                Ok(())
            } else {
                Err(ErrorKind::NotADirectory.into())
            }
        }
        Err(error) => Err(error),
        Ok(()) => {
            system::close_folder_to_others(path)?;
            sync_folder(path);
            Ok(())
        }
    }
}

/// Opens a file as the options say, but no link, and without waiting for the other end of a pipe.
pub(crate) fn open(options: &mut OpenOptions, path: &Path) -> std::io::Result<File> {
    system::for_owner(options);
    system::no_link(options);
    let file = options.open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(not_regular()) }
}

fn not_regular() -> std::io::Error {
    std::io::Error::new(ErrorKind::InvalidInput, "it is not a regular file")
}

/// Whether there is a file of that name. What is not a regular file is an error.
pub(crate) fn exists(path: &Path) -> std::io::Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_file() => Ok(true),
        Ok(_) => Err(not_regular()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Whether there is no more space, for anybody or for this user.
#[cfg(feature = "sqlite")]
pub(crate) fn is_full(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
}

/// Whether a file of some pages cannot be written to that folder for lack of space.
#[cfg(feature = "sqlite")]
pub(crate) fn has_no_room(folder: &Path) -> bool {
    let path = folder.join("room.new");
    let written = open(OpenOptions::new().write(true).create(true).truncate(true), &path)
        .and_then(|file| system::write_at_start(&file, &[0; 64 * 1024]));
    let _ = fs::remove_file(&path);
    written.is_err_and(|error| is_full(&error))
}

/// Opens a file for its owner only, whatever the umask says, and makes it where there is none.
pub(crate) fn open_or_make(path: &Path) -> std::io::Result<File> {
    if exists(path)? {
        return open(OpenOptions::new().read(true).write(true), path);
    }
    make(path)
}

/// Makes a file for its owner only, where there is nothing of that name.
fn make(path: &Path) -> std::io::Result<File> {
    let file = open(OpenOptions::new().read(true).write(true).create_new(true), path)?;
    system::close_to_others(&file)?;
    sync_folder(path);
    Ok(file)
}

/// Writes a file that everybody may read: to another name, to the disk, then to its own name.
pub(crate) fn write_for_everybody(path: &Path, content: &[u8]) -> Result<(), Error> {
    let fail = |error| Error::File(path.to_owned(), error);
    let temporary = path.with_extension("new");
    // One that a kill left, or a link that somebody planted: neither is written to.
    if let Err(error) = fs::remove_file(&temporary)
        && error.kind() != ErrorKind::NotFound
    {
        return Err(Error::File(temporary, error));
    }
    let mut file = make(&temporary).map_err(fail)?;
    open_to_readers(&file).map_err(fail)?;
    file.write_all(content).map_err(fail)?;
    file.sync_all().map_err(fail)?;
    drop(file);
    fs::rename(&temporary, path).map_err(fail)?;
    sync_folder(path);
    Ok(())
}

/// Lets everybody read a file, and its owner write it.
fn open_to_readers(file: &File) -> std::io::Result<()> {
    system::open_to_readers(file)
}

/// Lets everybody read a file that is there already. One that another user owns stays as it is.
pub(crate) fn let_everybody_read(path: &Path) {
    let _ = open(OpenOptions::new().read(true), path).and_then(|file| open_to_readers(&file));
}

/// The name, too, must be on the disk. Where folders cannot be opened, the system does it by itself.
pub(crate) fn sync_folder(path: &Path) {
    if let Some(Ok(folder)) = path.parent().map(File::open) {
        let _ = folder.sync_all();
    }
}

/// Reads a file; `None` where there is none.
pub(crate) fn read(path: &Path) -> Result<Option<String>, Error> {
    let fail = |error| Error::File(path.to_owned(), error);
    if !exists(path).map_err(fail)? {
        return Ok(None);
    }
    let file = open(OpenOptions::new().read(true), path).map_err(fail)?;
    let mut text = String::new();
    file.take(MAX_FILE + 1).read_to_string(&mut text).map_err(fail)?;
    if text.len() as u64 > MAX_FILE {
        return Err(Error::Content(path.to_owned(), format!("is larger than {MAX_FILE} bytes")));
    }
    Ok(Some(text))
}

/// Reads a file that somebody else keeps, and that a link may lead to: folders of Kubernetes and certbot are made of links. What
/// is not a regular file of a sane size is refused: reading it could wait for ever, or take all memory.
pub(crate) fn read_given(path: &Path) -> Result<Vec<u8>, Error> {
    let fail = |error| Error::File(path.to_owned(), error);
    // Before it is opened, which a device may take for a command.
    if !fs::metadata(path).map_err(fail)?.is_file() {
        return Err(fail(not_regular()));
    }
    let mut options = OpenOptions::new();
    system::without_waiting(&mut options);
    let file = options.read(true).open(path).map_err(fail)?;
    // Another one may have come to its place.
    if !file.metadata().map_err(fail)?.is_file() {
        return Err(fail(not_regular()));
    }
    let mut content = Vec::new();
    file.take(MAX_FILE + 1).read_to_end(&mut content).map_err(fail)?;
    if content.len() as u64 > MAX_FILE {
        return Err(Error::Content(path.to_owned(), format!("is larger than {MAX_FILE} bytes")));
    }
    Ok(content)
}

/// Removes a file, for good. A missing one is fine.
pub(crate) fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(Error::File(path.to_owned(), error)),
        _ => {}
    }
    sync_folder(path);
    Ok(())
}
