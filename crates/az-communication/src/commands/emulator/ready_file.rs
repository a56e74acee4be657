//! The file of `--ready-file`: it has the whole ready line, also the access key, and is there as long as the emulator serves.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::ready::text_of;
use crate::error::{CliError, system_text};
use crate::private_file;

/// A file that is made beside its place, and moved there when it is whole. It is locked as long as the emulator lives, which
/// tells it from one that a killed emulator has left.
pub(super) struct ReadyFile {
    path: PathBuf,
    /// Once it is there.
    file: Option<File>,
}

impl ReadyFile {
    /// Removes what a killed emulator has left at its place.
    ///
    /// # Errors
    ///
    /// When something else is there, another emulator uses it, or there is no such folder.
    pub(super) fn claim(path: &str) -> Result<Self, CliError> {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.into());
        // The ready line names it.
        text_of(&path)?;
        let has_folder = path.parent().is_some_and(Path::is_dir);
        let claimed = if has_folder { remove_left(&path) } else { Err("its folder does not exist".to_owned()) };
        claimed.map_err(|why| unwritable(&path, &why))?;
        Ok(Self { path, file: None })
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the line, and puts the file in its place.
    ///
    /// # Errors
    ///
    /// When the folder cannot be written, or the disk is full.
    pub(super) fn publish(&mut self, line: &str) -> Result<(), CliError> {
        let (unfinished, mut file) = create_beside(&self.path).map_err(|why| unwritable(&self.path, &why))?;
        let whole = file.write_all(format!("{line}\n").as_bytes());
        whole.and_then(|()| fs::rename(&unfinished, &self.path)).map_err(|error| {
            let _ = fs::remove_file(&unfinished);
            unwritable(&self.path, &system_text(&error))
        })?;
        self.file = Some(file);
        Ok(())
    }
}

impl Drop for ReadyFile {
    fn drop(&mut self) {
        // Somebody may have put another file in its place.
        if self.file.as_ref().is_some_and(|file| is_same(file, &self.path)) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn unwritable(path: &Path, why: &str) -> CliError {
    CliError::new(format!("The ready file {} cannot be written: {why}.", path.display()))
}

/// A new file that nobody else can read, locked. Its name is taken by nobody, so that no link is followed.
fn create_beside(path: &Path) -> Result<(PathBuf, File), String> {
    let name = path.file_name().ok_or("its path ends without a name")?.to_string_lossy().into_owned();
    for attempt in 0..1000 {
        let unfinished = path.with_file_name(format!(".{name}.{}-{attempt}", std::process::id()));
        match private_file::create_new(&unfinished) {
            Ok(file) => {
                // Where the file system has no locks, the file of a killed emulator is taken as one as well.
                let _ = file.try_lock();
                return Ok((unfinished, file));
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(system_text(&error)),
        }
    }
    Err("too many files of killed emulators are beside it".to_owned())
}

/// Removes the file of an emulator that was killed: who waits for the file must not find it.
fn remove_left(path: &Path) -> Result<(), String> {
    let text = |error: io::Error| system_text(&error);
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(text(error)),
        // Not a device, and not what a link of somebody else leads to.
        Ok(metadata) if !metadata.is_file() => return Err("something else than a file is there".to_owned()),
        Ok(_) => {}
    }
    let former = OpenOptions::new().write(true).open(path).map_err(text)?;
    match former.try_lock() {
        Err(TryLockError::WouldBlock) => Err("another emulator uses it".to_owned()),
        _ => fs::remove_file(path).map_err(text),
    }
}

#[cfg(unix)]
fn is_same(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let (Ok(ours), Ok(there)) = (file.metadata(), fs::symlink_metadata(path)) else { return false };
    (ours.dev(), ours.ino()) == (there.dev(), there.ino())
}

#[cfg(not(unix))]
fn is_same(_file: &File, _path: &Path) -> bool {
    true
}
