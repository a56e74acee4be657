//! Who owns the folder, and who may write it.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use crate::error::Error;

/// Refuses a folder that another user owns or may write: whoever can put files there decides about keys.
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

/// Refuses a file that another user owns, and takes the rights of others away from one that holds secrets; what was mended,
/// for the log.
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
    // A link is refused where it is read; a change of its mode would be one of its target.
    if mode & 0o077 == 0 || !metadata.is_file() {
        return Ok(None);
    }
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode & 0o700)).map_err(fail)?;
    Ok(Some(format!("{} could be read by others (mode {mode:o}); now only its owner may", path.display())))
}
