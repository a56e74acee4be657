//! Replaces a file that only its owner may read, so that the path has either the old or the whole new content, also
//! after a power failure. Pipes and devices are written to instead, because they cannot be replaced.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::target::Target;
use super::{place, private_file};
use crate::system;

/// How long a named pipe may have no reader.
const READER: Duration = Duration::from_secs(10);

/// How long to wait for another process that has named its file and not renamed it yet.
const OTHER: Duration = Duration::from_secs(1);
const OTHER_LOOK: Duration = Duration::from_millis(10);

/// Lets `write` fill a new file, syncs it, gives it a name beside and renames it. When this returns, the new content is
/// on the disk. If the path is a link, the file to which it leads is replaced. A pipe or a device gets the content
/// directly. Where the system has files without a name, nothing is left of a process that is killed before its file is
/// complete. Otherwise, the next process that replaces the file removes what is left.
///
/// # Errors
///
/// When a step fails, or `write` does, or when another process is writing a file with the name beside. Before the
/// rename, the existing file is unchanged. A pipe or a device may have got a part of the content.
pub fn replace<T, E: From<io::Error>>(path: &Path, write: impl FnOnce(&mut File) -> Result<T, E>) -> Result<T, E> {
    match Target::of(path)? {
        Target::File(path) => replace_file(&path, write),
        Target::Stream => write(&mut system::open_stream(path, READER)?),
    }
}

fn replace_file<T, E: From<io::Error>>(path: &Path, write: impl FnOnce(&mut File) -> Result<T, E>) -> Result<T, E> {
    let mut new = NewFile::begin(beside(path)?)?;
    let written = write(&mut new.file).and_then(|value| Ok(new.finish(path).map(|()| value)?));
    let written = match written {
        Ok(value) => value,
        Err(error) => {
            new.remove();
            return Err(error);
        }
    };
    let folder = place::folder(path);
    // A system that cannot open folders syncs their entries by itself.
    File::open(folder).map_or(Ok(()), |folder| folder.sync_all())?;
    Ok(written)
}

/// Returns the path of the new file before it is renamed. Its name is fixed, so that the file of a killed process is
/// removed by the next one.
fn beside(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or_else(|| io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"))?;
    let mut hidden = OsString::from(".");
    hidden.push(name);
    hidden.push(".new");
    Ok(path.with_file_name(hidden))
}

/// A file that is written before it is renamed. Its lock shows other processes that it is not one of a killed process.
struct NewFile {
    path: PathBuf,
    file: File,
    /// Whether it has its name already.
    is_named: bool,
    /// Whether the system has locks. Without them, two processes that replace the same file at the same time are not
    /// told apart.
    is_locked: bool,
}

impl NewFile {
    /// Makes a file without a name, or with its name if the system has no such files.
    fn begin(path: PathBuf) -> io::Result<Self> {
        match system::nameless(place::folder(&path)) {
            Some(file) => {
                let is_locked = system::try_lock(&file).is_ok();
                Ok(Self { path, file, is_named: false, is_locked })
            }
            None => Self::make(path),
        }
    }

    fn make(path: PathBuf) -> io::Result<Self> {
        let file = match private_file::create_new(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                remove_left(&path)?;
                private_file::create_new(&path)
            }
            made => made,
        };
        let file = file.map_err(|error| if error.kind() == io::ErrorKind::AlreadyExists { busy() } else { error })?;
        match system::try_lock(&file) {
            // Another process has taken the file for one of a killed process, and removes it.
            Err(TryLockError::WouldBlock) => Err(busy()),
            locked => Ok(Self { path, file, is_named: true, is_locked: locked.is_ok() }),
        }
    }

    /// Syncs the file and renames it.
    fn finish(&mut self, to: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        if !self.is_named {
            self.name()?;
            // Some file systems do not log what is in a file without a name.
            self.file.sync_all()?;
        }
        self.rename(to)
    }

    /// Gives the file its name. Another process may have given it to its own file for a moment.
    fn name(&mut self) -> io::Result<()> {
        let latest = Instant::now() + OTHER;
        loop {
            match system::name(&self.file, &self.path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => match remove_left(&self.path) {
                    Err(error) if error.kind() == io::ErrorKind::ResourceBusy && Instant::now() < latest => {
                        thread::sleep(OTHER_LOOK);
                    }
                    Err(error) => return Err(error),
                    Ok(()) if Instant::now() < latest => {}
                    Ok(()) => return Err(busy()),
                },
                Err(error) => return Err(error),
                Ok(()) => {
                    self.is_named = true;
                    return Ok(());
                }
            }
        }
    }

    fn is_there(&self) -> bool {
        !self.is_locked || system::is_same(&self.file, &self.path)
    }

    fn rename(&self, to: &Path) -> io::Result<()> {
        if self.is_there() { fs::rename(&self.path, to) } else { Err(busy()) }
    }

    fn remove(self) {
        if self.is_named && self.is_there() {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Removes the file of a killed process, which is not locked.
fn remove_left(beside: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    // Only the name is removed, so a link that another user made is not followed.
    system::no_link(&mut options);
    match options.open(beside) {
        Ok(left) => {
            if matches!(system::try_lock(&left), Err(TryLockError::WouldBlock)) {
                return Err(busy());
            }
            if system::is_same(&left, beside) { fs::remove_file(beside) } else { Ok(()) }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(_) => fs::remove_file(beside),
    }
}

fn busy() -> io::Error {
    io::Error::new(io::ErrorKind::ResourceBusy, "another process is writing it")
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
        super::replace(path, |file| file.write_all(content))
    }

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("durable-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn the_file_of_a_killed_process_is_replaced() {
        let folder = folder("left");
        let path = folder.join("state");
        fs::write(beside(&path).unwrap(), "half").unwrap();
        replace(&path, b"whole").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_file_has_no_name_until_it_is_complete() {
        let folder = folder("nameless");
        let path = folder.join("state");
        let has_nameless = system::nameless(&folder).is_some();
        super::replace(&path, |file| {
            file.write_all(b"half")?;
            assert_eq!(fs::read_dir(&folder)?.count(), usize::from(!has_nameless));
            file.write_all(b" whole")
        })
        .unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"half whole");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_file_that_is_not_filled_is_removed_and_the_former_one_stays() {
        let folder = folder("failed");
        let path = folder.join("state");
        replace(&path, b"former").unwrap();
        let failed = super::replace(&path, |file| {
            file.write_all(b"half")?;
            Err::<(), io::Error>(io::ErrorKind::ConnectionAborted.into())
        });
        assert_eq!(failed.unwrap_err().kind(), io::ErrorKind::ConnectionAborted);
        assert_eq!(fs::read(&path).unwrap(), b"former");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_link_stays_and_the_file_to_which_it_leads_is_replaced() {
        if !system::LINKS {
            return;
        }
        let folder = folder("link");
        let (path, link) = (folder.join("state"), folder.join("link"));
        system::link(Path::new("state"), &link).unwrap();
        replace(&link, b"first").unwrap();
        replace(&link, b"second").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"second");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_second_process_that_replaces_the_file_at_the_same_time_is_refused() {
        let folder = folder("twice");
        let path = folder.join("state");
        let first = NewFile::make(beside(&path).unwrap()).unwrap();
        if !first.is_locked {
            // The system has no locks.
            return fs::remove_dir_all(folder).unwrap();
        }
        assert_eq!(replace(&path, b"second").unwrap_err().kind(), io::ErrorKind::ResourceBusy);
        drop(first);
        replace(&path, b"third").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"third");
        fs::remove_dir_all(folder).unwrap();
    }
}
