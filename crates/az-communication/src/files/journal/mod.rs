//! A file that lines are added to. Each line is written as a whole or not at all. Lines are synced together: one sync
//! serves all threads that wait. Each sync also checks whether the path still names the file, and whether another
//! program has changed it.

pub(crate) mod disturbed;

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::files::place::{FileId, folder};
use crate::report::error::CliError;
use crate::system::platform::Platform;
use crate::system::system_text;
use crate::system::{self, limits};
use disturbed::Disturbed;

/// A file that lines are added to.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    id: Option<FileId>,
    /// Whether other processes add lines to the file, too.
    shared: bool,
    /// Keeps other runs from using the file while this one writes.
    _lock: Option<File>,
    written: Mutex<Written>,
    synced: Condvar,
}

/// The state of the file.
#[derive(Debug)]
struct Written {
    /// The length of the file in bytes. In a shared file, the end of this process's last line.
    end: u64,
    /// The number of lines that this process wrote.
    lines: u64,
    /// The number of these lines that are durable.
    durable: u64,
    /// Whether a thread syncs the file now.
    syncing: bool,
    /// Whether the file ends with a part of a line that could not be removed.
    broken: bool,
    /// The change that another program made to the file.
    disturbed: Option<Disturbed>,
}

/// The error of lines that could not be added.
struct Failed {
    error: io::Error,
    /// Whether the part of the lines that was written was removed again.
    taken_back: bool,
}

impl Journal {
    /// Continues at the end of a file that no other process writes to and whose length is known. The file must be open
    /// for reading and appending. `lock` is a handle that holds the file's lock if `file` itself does not hold it.
    ///
    /// # Errors
    ///
    /// When the system does not return the file's metadata.
    pub fn alone(path: &Path, file: File, length: u64, lock: Option<File>) -> Result<Self, CliError> {
        Self::new(path, file, length, lock, false)
    }

    /// Adds lines to a file that other processes add to, too. The file is locked for each line. It must be open for
    /// reading and appending.
    ///
    /// # Errors
    ///
    /// When the system does not return the file's metadata.
    pub fn shared(path: &Path, file: File) -> Result<Self, CliError> {
        Self::new(path, file, 0, None, true)
    }

    fn new(path: &Path, file: File, end: u64, lock: Option<File>, shared: bool) -> Result<Self, CliError> {
        let id = FileId::of(path, &file.metadata().map_err(|error| unwritable(path, &error))?);
        let written = Written { end, lines: 0, durable: 0, syncing: false, broken: false, disturbed: None };
        let (path, written) = (path.to_owned(), Mutex::new(written));
        Ok(Self { path, file, id, shared, _lock: lock, written, synced: Condvar::new() })
    }

    fn written(&self) -> MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds lines as a whole or not at all. Returns the number to pass to [`Self::sync`]. Lines are also added to a
    /// file that another program has changed, so that they are not lost. [`Self::sync`] and [`Self::close`] report the
    /// change.
    ///
    /// # Errors
    ///
    /// When the lines cannot be written.
    pub fn write(&self, lines: &str) -> Result<u64, CliError> {
        let mut written = self.written();
        if written.broken {
            return Err(CliError::new(format!("{} ends with an incomplete line.", self.path.display())));
        }
        let added = if self.shared { self.add_locked(&mut written, lines) } else { self.add(&mut written, lines) };
        if let Err(failed) = added {
            written.broken = !failed.taken_back && !self.shared;
            return self.check(Err(failed.error)).map(|()| 0);
        }
        written.lines += 1;
        Ok(written.lines)
    }

    fn add_locked(&self, written: &mut Written, lines: &str) -> Result<(), Failed> {
        self.file.lock()?;
        let result = self.add(written, lines);
        let _ = self.file.unlock();
        result
    }

    /// Adds lines at the current end of the file.
    fn add(&self, written: &mut Written, lines: &str) -> Result<(), Failed> {
        let mut file = &self.file;
        let end = file.metadata()?.len();
        let mut line_end = "";
        if self.shared || end != written.end {
            self.compare(written, end);
            let mut last = [b'\n'];
            if end > 0 {
                file.seek(SeekFrom::End(-1))?;
                file.read_exact(&mut last)?;
            }
            // A process that was killed may have left an incomplete line.
            line_end = if last == *b"\n" { "" } else { "\n" };
        }
        let text = format!("{line_end}{lines}");
        let whole = end.saturating_add(text.len() as u64);
        file.write_all(text.as_bytes()).map_err(|error| {
            // A full disk may have stored a part of the lines. The part is removed only if no other process has written
            // after it.
            let is_ours = file.metadata().is_ok_and(|metadata| metadata.len() <= whole);
            Failed { error, taken_back: is_ours && file.set_len(end).is_ok() }
        })?;
        written.end = whole;
        Ok(())
    }

    /// Compares the length of the file with the length that this process left.
    fn compare(&self, written: &mut Written, length: u64) {
        let disturbed = match length.cmp(&written.end) {
            std::cmp::Ordering::Less => Disturbed::Shortened,
            std::cmp::Ordering::Greater if !self.shared => Disturbed::WrittenTo,
            _ => return,
        };
        written.disturbed.get_or_insert(disturbed);
    }

    /// Checks whether the path still names the file, and whether the file is as this process left it.
    fn look(&self, written: &mut Written) -> Result<(), CliError> {
        match self.path.metadata() {
            Ok(metadata) if FileId::of(&self.path, &metadata) == self.id => self.compare(written, metadata.len()),
            Ok(_) => {
                written.disturbed.get_or_insert(Disturbed::Replaced);
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                written.disturbed.get_or_insert(Disturbed::Removed);
            }
            Err(error) => return self.check(Err(error)),
        }
        written.disturbed.map_or(Ok(()), |disturbed| Err(disturbed.error(&self.path)))
    }

    /// Waits until the lines up to this number survive a crash of the machine.
    ///
    /// # Errors
    ///
    /// When the disk fails, or when another program has changed the file.
    pub fn sync(&self, until: u64) -> Result<(), CliError> {
        let mut written = self.written();
        while written.durable < until {
            if written.syncing {
                written = self.synced.wait(written).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            written.syncing = true;
            let lines = written.lines;
            drop(written);
            let result = self.file.sync_data();
            written = self.written();
            written.syncing = false;
            self.synced.notify_all();
            self.check(result)?;
            self.look(&mut written)?;
            written.durable = lines;
        }
        Ok(())
    }

    /// Makes all lines durable. Saves a copy if the path does not name the file any more.
    ///
    /// # Errors
    ///
    /// When the disk fails, or when another program has changed the file.
    pub fn close(&self) -> Result<(), CliError> {
        self.check(self.file.sync_all())?;
        let mut written = self.written();
        self.look(&mut written).map_err(|error| match written.disturbed {
            Some(disturbed) => disturbed.explain(error, &self.path, &self.file),
            None => error,
        })
    }

    fn check(&self, result: io::Result<()>) -> Result<(), CliError> {
        result.map_err(|error| unwritable(&self.path, &error))
    }
}

impl From<io::Error> for Failed {
    /// Converts an error that occurred before anything was written.
    fn from(error: io::Error) -> Self {
        Self { error, taken_back: true }
    }
}

/// Makes the name of a file survive a crash of the machine. Errors are ignored because some systems cannot sync a
/// folder.
pub fn sync_folder(path: &Path) {
    let _ = File::open(folder(path)).and_then(|folder| folder.sync_all());
}

/// Returns the mount point of the file system that contains a file.
fn mount_point(path: &Path) -> Option<PathBuf> {
    system::mount_point(&folder(path).canonicalize().ok()?)
}

/// Returns the error of a file that cannot be written. The error names the disk if it is full, and says what to do.
pub fn unwritable(path: &Path, error: &io::Error) -> CliError {
    let disk = || mount_point(path).map_or_else(String::new, |folder| format!(" at {}", folder.display()));
    let why = match error.kind() {
        io::ErrorKind::StorageFull => format!("the disk{} is full", disk()),
        io::ErrorKind::QuotaExceeded => format!("the quota of the disk{} is used up", disk()),
        io::ErrorKind::FileTooLarge => Platform::HERE.file_too_large().to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => format!("the disk{} is read-only", disk()),
        _ => system_text(error),
    };
    let unwritable = CliError::new(format!("{} cannot be written: {why}.", path.display()));
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            unwritable.hint("Free some space, then run the command again.")
        }
        _ if limits::is_of_files(error) => unwritable.advise(error),
        _ => unwritable,
    }
}
