//! Adding lines to a file so that each one is whole or absent, and syncing them together: one sync serves all that wait.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::error::{CliError, system_text};
use crate::limits;

/// A file that lines are added to.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    /// Whether other processes add lines, too.
    shared: bool,
    /// Keeps other runs away while this one writes.
    _lock: Option<File>,
    written: Mutex<Written>,
    synced: Condvar,
}

/// How far the file is.
#[derive(Debug)]
struct Written {
    /// Its length in bytes, where nobody else writes.
    end: u64,
    /// How many lines this process wrote, and how many of them are durable.
    lines: u64,
    durable: u64,
    syncing: bool,
    /// Whether a part of a line is at the end and cannot be taken away.
    broken: bool,
}

/// Why lines could not be added.
struct Failed {
    error: io::Error,
    /// Whether the part of them that was written was taken away again.
    taken_back: bool,
}

impl Journal {
    /// Goes on at the end of a file that no other process writes to. `lock` is a handle that holds the file's lock where
    /// `file` itself does not.
    ///
    /// # Errors
    ///
    /// When the file cannot be positioned.
    pub fn alone(path: &Path, file: File, lock: Option<File>) -> Result<Self, CliError> {
        Self::new(path, file, lock, false)
    }

    /// Adds to a file that other processes add to, too: it is locked for each line. The file is open to read and write.
    ///
    /// # Errors
    ///
    /// When the file cannot be positioned.
    pub fn shared(path: &Path, file: File) -> Result<Self, CliError> {
        Self::new(path, file, None, true)
    }

    fn new(path: &Path, mut file: File, lock: Option<File>, shared: bool) -> Result<Self, CliError> {
        let end = file.seek(SeekFrom::End(0)).map_err(|error| unwritable(path, &error))?;
        let written = Mutex::new(Written { end, lines: 0, durable: 0, syncing: false, broken: false });
        Ok(Self { path: path.to_owned(), file, shared, _lock: lock, written, synced: Condvar::new() })
    }

    fn written(&self) -> MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds lines, whole or not at all; what to give to [`Self::sync`].
    ///
    /// # Errors
    ///
    /// When the disk does not take them.
    pub fn write(&self, lines: &str) -> Result<u64, CliError> {
        let mut written = self.written();
        if written.broken {
            return Err(CliError::new(format!("{} ends with a part of a line.", self.path.display())));
        }
        if self.shared {
            self.check(self.add_locked(lines))?;
        } else if let Err(failed) = self.add(written.end, lines) {
            written.broken = !failed.taken_back;
            return self.check(Err(failed.error)).map(|()| 0);
        }
        written.end += lines.len() as u64;
        written.lines += 1;
        Ok(written.lines)
    }

    /// Adds lines behind `end`, where the file is positioned.
    fn add(&self, end: u64, lines: &str) -> Result<(), Failed> {
        let mut file = &self.file;
        file.write_all(lines.as_bytes()).map_err(|error| {
            // A full disk may have taken a part.
            let taken_back = file.set_len(end).and_then(|()| file.seek(SeekFrom::Start(end))).is_ok();
            Failed { error, taken_back }
        })
    }

    fn add_locked(&self, lines: &str) -> io::Result<()> {
        self.file.lock()?;
        let result = self.add_at_the_end(lines);
        let _ = self.file.unlock();
        result
    }

    fn add_at_the_end(&self, lines: &str) -> io::Result<()> {
        let mut file = &self.file;
        let end = file.seek(SeekFrom::End(0))?;
        let mut last = [b'\n'];
        if end > 0 {
            file.seek(SeekFrom::End(-1))?;
            file.read_exact(&mut last)?;
        }
        // A process that was killed may have left a part of a line.
        let line_end = if last == *b"\n" { "" } else { "\n" };
        self.add(end, &format!("{line_end}{lines}")).map_err(|failed| failed.error)
    }

    /// Waits until what was written up to there survives a crash of the machine.
    ///
    /// # Errors
    ///
    /// When the disk fails.
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
            written.durable = lines;
        }
        Ok(())
    }

    /// Makes everything durable.
    ///
    /// # Errors
    ///
    /// When the disk fails.
    pub fn close(&self) -> Result<(), CliError> {
        self.check(self.file.sync_all())
    }

    fn check(&self, result: io::Result<()>) -> Result<(), CliError> {
        result.map_err(|error| unwritable(&self.path, &error))
    }
}

/// The folder that a file is in.
pub fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Makes a file's name survive a crash of the machine, as its lines do. Not every system can sync a folder.
pub fn sync_folder(path: &Path) {
    let _ = File::open(folder(path)).and_then(|folder| folder.sync_all());
}

/// Where the file system begins that a file is in.
fn mount_point(path: &Path) -> Option<PathBuf> {
    let path = folder(path).canonicalize().ok()?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let device = path.metadata().ok()?.dev();
        let inside = |folder: &&Path| folder.metadata().is_ok_and(|metadata| metadata.dev() == device);
        path.ancestors().take_while(inside).last().map(Path::to_owned)
    }
    #[cfg(not(unix))]
    path.ancestors().last().map(Path::to_owned)
}

/// Why a file cannot be written, with the disk where it is full, and what to do then.
pub fn unwritable(path: &Path, error: &io::Error) -> CliError {
    let disk = || mount_point(path).map_or_else(String::new, |folder| format!(" at {}", folder.display()));
    let why = match error.kind() {
        io::ErrorKind::StorageFull => format!("the disk{} is full", disk()),
        io::ErrorKind::QuotaExceeded => format!("the quota of the disk{} is used up", disk()),
        io::ErrorKind::FileTooLarge => "files may not grow larger here (ulimit -f)".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => format!("the disk{} is read-only", disk()),
        _ => system_text(error),
    };
    let unwritable = CliError::new(format!("{} cannot be written: {why}.", path.display()));
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            unwritable.hint("Free some space and start the command again.")
        }
        _ if limits::is_of_files(error) => limits::explain(unwritable, error),
        _ => unwritable,
    }
}
