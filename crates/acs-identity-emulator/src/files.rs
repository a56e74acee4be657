//! Files that only their owner may read. They are written so that a kill at any instant leaves either the old or the
//! new file. Links are not followed. Only a regular file of a limited size is read: reading another one could block,
//! and it could belong to another user.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::Path;

use crate::error::Error;
use crate::system;

/// The emulator writes no larger files, so a larger one is refused.
const MAX_FILE: u64 = 1024 * 1024;

/// Makes a folder that only its owner may use.
pub(crate) fn make_folder(path: &Path) -> Result<(), Error> {
    make_missing(path).map_err(|error| Error::File(path.to_owned(), error))
}

/// Makes a folder and its missing parents. Each folder gets the owner's rights despite the umask, because without them
/// the next folder could not be made.
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
        // Another process made it meanwhile, or the name belongs to something that is not a folder.
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

/// Opens a file with these options. Refuses a link, and does not wait for the other end of a pipe.
pub(crate) fn open(options: &mut OpenOptions, path: &Path) -> std::io::Result<File> {
    system::for_owner(options);
    system::no_link(options);
    let file = options.open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(not_regular()) }
}

fn not_regular() -> std::io::Error {
    std::io::Error::new(ErrorKind::InvalidInput, "it is not a regular file")
}

/// Checks whether a file of that name exists. Fails when it is not a regular file.
pub(crate) fn exists(path: &Path) -> std::io::Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_file() => Ok(true),
        Ok(_) => Err(not_regular()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Returns whether the disk or the quota of this user is full.
#[cfg(feature = "sqlite")]
pub(crate) fn is_full(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
}

/// Checks whether a file of a few pages cannot be written to that folder for lack of space.
#[cfg(feature = "sqlite")]
pub(crate) fn has_no_room(folder: &Path) -> bool {
    let path = folder.join("room.new");
    let written = open(OpenOptions::new().write(true).create(true).truncate(true), &path)
        .and_then(|file| system::write_at_start(&file, &[0; 64 * 1024]));
    let _ = fs::remove_file(&path);
    written.is_err_and(|error| is_full(&error))
}

/// Opens a file that only its owner may use, independently of the umask. Makes it if it is missing.
pub(crate) fn open_or_make(path: &Path) -> std::io::Result<File> {
    if exists(path)? {
        return open(OpenOptions::new().read(true).write(true), path);
    }
    make(path)
}

/// Makes a file that only its owner may use. Fails when the name exists.
fn make(path: &Path) -> std::io::Result<File> {
    let file = open(OpenOptions::new().read(true).write(true).create_new(true), path)?;
    system::close_to_others(&file)?;
    sync_folder(path);
    Ok(file)
}

/// Writes a file that all users may read. The content is first written and synced under another name, then renamed.
pub(crate) fn write_readable_by_all(path: &Path, content: &[u8]) -> Result<(), Error> {
    let fail = |error| Error::File(path.to_owned(), error);
    let temporary = path.with_extension("new");
    // A killed process may have left this file, or another user may have planted a link here. Neither is written to.
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

/// Lets all users read a file, and its owner write it.
fn open_to_readers(file: &File) -> std::io::Result<()> {
    system::open_to_readers(file)
}

/// Lets all users read an existing file. A file of another user stays unchanged.
pub(crate) fn make_readable_by_all(path: &Path) {
    let _ = open(OpenOptions::new().read(true), path).and_then(|file| open_to_readers(&file));
}

/// Syncs a folder, because the name of a new file must be on the disk, too. A system that cannot open folders does this
/// by itself.
pub(crate) fn sync_folder(path: &Path) {
    if let Some(Ok(folder)) = path.parent().map(File::open) {
        let _ = folder.sync_all();
    }
}

/// Reads a file. Returns `None` if it is missing.
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

/// Reads a file that another program maintains. It may be a link: Kubernetes and certbot fill their folders with links.
/// Only a regular file of a limited size is read: reading another one could block for ever, or take all memory.
pub(crate) fn read_given(path: &Path) -> Result<Vec<u8>, Error> {
    let (file, _) = open_given(path)?;
    content_of(path, file)
}

/// Opens a regular file, to which links may lead.
fn open_given(path: &Path) -> Result<(File, Metadata), Error> {
    let fail = |error| Error::File(path.to_owned(), error);
    // The check comes before the open, because opening a device can have effects.
    if !fs::metadata(path).map_err(fail)?.is_file() {
        return Err(fail(not_regular()));
    }
    let mut options = OpenOptions::new();
    system::without_waiting(&mut options);
    let file = options.read(true).open(path).map_err(fail)?;
    let metadata = file.metadata().map_err(fail)?;
    // Another file may have replaced it since the first check.
    if metadata.is_file() { Ok((file, metadata)) } else { Err(fail(not_regular())) }
}

/// Reads an open file of a limited size.
fn content_of(path: &Path, file: File) -> Result<Vec<u8>, Error> {
    let mut content = Vec::new();
    file.take(MAX_FILE + 1).read_to_end(&mut content).map_err(|error| Error::File(path.to_owned(), error))?;
    if content.len() as u64 > MAX_FILE {
        return Err(Error::Content(path.to_owned(), format!("is larger than {MAX_FILE} bytes")));
    }
    Ok(content)
}

/// Reads a file with a secret of the emulator itself. Returns `None` if it is missing. Refuses a link, and a file that
/// other users may read.
pub(crate) fn read_private(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    let fail = |error| Error::File(path.to_owned(), error);
    if !exists(path).map_err(fail)? {
        return Ok(None);
    }
    let file = open(OpenOptions::new().read(true), path).map_err(fail)?;
    let metadata = file.metadata().map_err(fail)?;
    secret_in(path, file, &metadata).map(Some)
}

/// Reads a file with a secret that another program may maintain. Returns `None` if it is missing. It may be a link,
/// because Kubernetes fills its folders with links. A file of this user must be closed to other users. The mode of a
/// file of another user is the decision of an administrator.
pub(crate) fn read_given_secret(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::File(path.to_owned(), error)),
        Ok(_) => {}
    }
    let (file, metadata) = open_given(path)?;
    secret_in(path, file, &metadata).map(Some)
}

/// Reads an open file with a secret.
fn secret_in(path: &Path, file: File, metadata: &Metadata) -> Result<Vec<u8>, Error> {
    if let Some(mode) = system::open_to_others(metadata) {
        let why = format!("can be read or written by other users (mode {mode:o}): chmod 600 {}", path.display());
        return Err(Error::Content(path.to_owned(), why));
    }
    content_of(path, file)
}

/// Makes a file that only its owner may use, with this content, unless the name exists. Returns whether it was made.
/// The content is first written and synced under another name, so that no reader sees a part of it.
pub(crate) fn make_private(path: &Path, content: &[u8]) -> Result<bool, Error> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    // Two processes may make the file at once.
    name.push(format!(".{}.new", std::process::id()));
    let temporary = path.with_file_name(name);
    let fail = |error| Error::File(path.to_owned(), error);
    // A killed process with the same id may have left this file.
    remove(&temporary)?;
    let mut file = make(&temporary).map_err(fail)?;
    let written = file.write_all(content).and_then(|()| file.sync_all());
    // Unlike a rename, a link does not replace a file that another process has made meanwhile.
    let linked = written.and_then(|()| fs::hard_link(&temporary, path));
    remove(&temporary)?;
    match linked {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(fail(error)),
        Ok(()) => Ok(true),
    }
}

/// Removes a file and syncs its folder. A missing file is not an error.
pub(crate) fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(Error::File(path.to_owned(), error)),
        _ => {}
    }
    sync_folder(path);
    Ok(())
}
