//! Checks of the owner and the mode of the data folder and its files.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use crate::error::Error;

/// Refuses a folder that another user owns or may write, because that user could replace the keys.
pub(crate) fn check(folder: &Path) -> Result<(), Error> {
    let metadata = std::fs::metadata(folder).map_err(|error| Error::File(folder.to_owned(), error))?;
    let refuse = |why: String| Err(Error::Folder(folder.to_owned(), why));
    let own = rustix::process::geteuid().as_raw();
    if metadata.uid() != own {
        return refuse(format!("another user owns it (uid {}, and the emulator runs as {own})", metadata.uid()));
    }
    if metadata.mode() & 0o022 != 0 {
        let (mode, shown) = (metadata.mode() & 0o7777, folder.display());
        return refuse(format!("other users may write it (mode {mode:o}): chmod go-w {shown}"));
    }
    Ok(())
}

/// Refuses a file that another user owns. If other users may read a file with secrets, takes that right away and
/// returns a message for the log.
pub(crate) fn mend(path: &Path) -> Result<Option<String>, Error> {
    let fail = |error| Error::File(path.to_owned(), error);
    let metadata = match std::fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(fail(error)),
    };
    let own = rustix::process::geteuid().as_raw();
    if metadata.uid() != own {
        let why = format!("belongs to another user (uid {}, and the emulator runs as {own})", metadata.uid());
        return Err(Error::Content(path.to_owned(), why));
    }
    let mode = metadata.mode() & 0o777;
    // A link is refused when it is read. Changing its mode here would change the mode of its target.
    if mode & 0o077 == 0 || !metadata.is_file() {
        return Ok(None);
    }
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode & 0o700)).map_err(fail)?;
    Ok(Some(format!("{} could be read by other users (mode {mode:o}); now only its owner can", path.display())))
}
