//! Files that only their owner may read, written so that a kill at any instant leaves the old or the new one.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use crate::error::Error;

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
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
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
            #[cfg(unix)]
            fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
            Ok(())
        }
    }
}

/// Opens a file for its owner only, and empties it.
fn create_private(path: &Path) -> std::io::Result<File> {
    open_private(path, true)
}

/// Opens a file for its owner only, whatever the umask says.
pub(crate) fn open_private(path: &Path, truncate: bool) -> std::io::Result<File> {
    let is_new = truncate || !path.exists();
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(truncate);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let file = options.open(path)?;
    #[cfg(unix)]
    if is_new {
        file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    }
    let _ = is_new;
    Ok(file)
}

/// Writes a file: to another name, to the disk, then to its own name.
pub(crate) fn write(path: &Path, content: &[u8]) -> Result<(), Error> {
    let fail = |error| Error::File(path.to_owned(), error);
    let temporary = path.with_extension("new");
    let mut file = create_private(&temporary).map_err(fail)?;
    file.write_all(content).map_err(fail)?;
    file.sync_all().map_err(fail)?;
    drop(file);
    fs::rename(&temporary, path).map_err(fail)?;
    sync_folder(path);
    Ok(())
}

/// The name, too, must be on the disk. Where folders cannot be opened, the system does it by itself.
fn sync_folder(path: &Path) {
    if let Some(Ok(folder)) = path.parent().map(File::open) {
        let _ = folder.sync_all();
    }
}

/// Reads a file; `None` where there is none.
pub(crate) fn read(path: &Path) -> Result<Option<String>, Error> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::File(path.to_owned(), error)),
    }
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
