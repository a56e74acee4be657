//! The record of a batch: what is done, so that it goes on where it stopped.

use std::collections::HashSet;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead as _, BufReader, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::lock;
use super::users::user_of;
use crate::error::{CliError, system_text};

/// What is lost at most when the machine loses power.
const SYNC_INTERVAL: Duration = Duration::from_secs(1);

/// The file that says what is done: a JSON object a line, for its owner only. One run at a time has it.
pub(in crate::commands) struct Record {
    path: PathBuf,
    file: Mutex<(File, Instant)>,
}

impl Record {
    /// Opens it, or makes it: with it come the users that it holds. A last line that a kill cut short is taken away.
    pub(in crate::commands) fn open(path: &Path) -> Result<(Self, HashSet<String>), CliError> {
        let fail = |why: String| CliError::new(format!("{} cannot be used: {why}.", path.display()));
        let system = |error: io::Error| fail(system_text(&error));
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).read(true).write(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let mut file = options.open(path).map_err(system)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(fail("another run writes to it".into())),
            Err(TryLockError::Error(error)) => return Err(system(error)),
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            // One that was there before may have been readable by others.
            file.set_permissions(std::fs::Permissions::from_mode(0o600)).map_err(system)?;
        }
        let (mut done, mut whole) = (HashSet::new(), 0);
        let mut reader = BufReader::new(&file);
        let mut line = Vec::new();
        for number in 1.. {
            line.clear();
            let length = reader.read_until(b'\n', &mut line).map_err(system)?;
            if length == 0 || line.last() != Some(&b'\n') {
                break;
            }
            let user = std::str::from_utf8(&line).ok().and_then(user_of);
            let user = user.ok_or_else(|| {
                fail(format!("line {number} is none of this command's"))
                    .hint("Nothing was changed. Give another file, or correct or remove that line.")
            })?;
            done.insert(user);
            whole += length as u64;
        }
        file.set_len(whole).map_err(system)?;
        file.seek(SeekFrom::Start(whole)).map_err(system)?;
        Ok((Self { path: path.to_owned(), file: Mutex::new((file, Instant::now())) }, done))
    }

    /// Adds a line, whole or not at all.
    pub(super) fn add(&self, line: &str) -> Result<(), CliError> {
        let mut guard = lock(&self.file);
        let (file, synced) = &mut *guard;
        let start = file.stream_position();
        let written = file.write_all(format!("{line}\n").as_bytes()).and_then(|()| {
            if synced.elapsed() < SYNC_INTERVAL {
                return Ok(());
            }
            *synced = Instant::now();
            file.sync_data()
        });
        written.map_err(|error| {
            // A disk that is full may have taken a part. Another worker's line may still follow.
            if let Ok(start) = start {
                let _ = file.set_len(start).and_then(|()| file.seek(SeekFrom::Start(start)));
            }
            self.unwritable(&error)
        })
    }

    pub(super) fn close(&self) -> Result<(), CliError> {
        lock(&self.file).0.sync_all().map_err(|error| self.unwritable(&error))
    }

    fn unwritable(&self, error: &io::Error) -> CliError {
        CliError::new(format!("{} cannot be written: {}.", self.path.display(), system_text(error)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn temporary(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("az-batch-{}-{name}", std::process::id()));
        let _ = std::fs::remove_file(&path);
        path
    }

    #[test]
    fn a_cut_line_is_taken_away() {
        let path = temporary("cut");
        std::fs::write(&path, "{\"user_id\":\"a\"}\n{\"user_id\":\"b\"").unwrap();
        let (record, done) = Record::open(&path).unwrap();
        assert_eq!(done, HashSet::from(["a".to_owned()]));
        assert!(Record::open(&path).is_err_and(|error| error.message.contains("another run")));
        record.add("{\"user_id\":\"c\"}").unwrap();
        drop(record);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{\"user_id\":\"a\"}\n{\"user_id\":\"c\"}\n");
        std::fs::remove_file(&path).unwrap();
    }

    #[test]
    fn a_file_of_something_else_is_left_alone() {
        let path = temporary("other");
        std::fs::write(&path, "my notes\nand more").unwrap();
        assert!(Record::open(&path).is_err_and(|error| error.message.contains("line 1")));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "my notes\nand more");
        std::fs::remove_file(&path).unwrap();
    }
}
