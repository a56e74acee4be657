//! The log file that `[logging] enable_log_file` turns on, in the format of knack. It is `az.log` in the folder `logs`
//! next to the configuration, or in `[logging] log_dir`. It contains all messages that `--verbose` shows, independent
//! of the level on stderr.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

use crate::report::error::CliError;
use crate::report::redact;
use crate::system;
use crate::system::system_text;

/// The size in bytes at which the log file is rotated.
const MAX_BYTES: u64 = 10 * 1024 * 1024;
/// The number of old log files that are kept. `az.log.1` is the newest.
const KEPT: u32 = 5;

static LOG: OnceLock<Log> = OnceLock::new();

struct Log {
    path: PathBuf,
    file: Mutex<File>,
    offset: UtcOffset,
}

/// Opens the log file in this folder. Creates the folder if it is missing.
///
/// # Errors
///
/// When the file cannot be written. The error names the file.
pub fn start(folder: &Path) -> Result<(), CliError> {
    let path = folder.join("az.log");
    let file = fs::create_dir_all(folder).and_then(|()| open(&path)).map_err(|error| {
        CliError::new(format!("The log file {} cannot be written: {}.", path.display(), system_text(&error)))
    })?;
    // The local offset can be read only while the process has one thread.
    let offset = UtcOffset::current_local_offset().unwrap_or(UtcOffset::UTC);
    let _ = LOG.set(Log { path, file: Mutex::new(file), offset });
    Ok(())
}

/// Returns whether a log file is written.
pub fn is_open() -> bool {
    LOG.get().is_some()
}

/// Writes a message to the log file if one is open.
pub fn write(level: &str, message: &str) {
    let Some(log) = LOG.get() else { return };
    let now = OffsetDateTime::now_utc().to_offset(log.offset);
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]:[second],[subsecond digits:3]");
    let time = now.format(format).unwrap_or_default();
    let line =
        format!("{} : {time} : {level} : cli.azext_communication : {}\n", std::process::id(), redact::text(message));
    let mut file = log.file.lock().unwrap_or_else(PoisonError::into_inner);
    if file.metadata().is_ok_and(|metadata| metadata.len() + line.len() as u64 >= MAX_BYTES)
        && let Ok(fresh) = rotate(&log.path)
    {
        *file = fresh;
    }
    // Errors are ignored because the command is more important than its log.
    let _ = file.write_all(line.as_bytes());
}

/// Opens the file with permissions for its owner only. Other kinds of files are refused because opening them could
/// block the command.
fn open(path: &Path) -> io::Result<File> {
    if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
    }
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    system::for_owner(&mut options);
    options.open(path)
}

/// Increases the number of each old file by one, drops the last one, and opens a new file.
fn rotate(path: &Path) -> io::Result<File> {
    let numbered = |number: u32| {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".{number}"));
        PathBuf::from(name)
    };
    for number in (1..KEPT).rev() {
        let _ = fs::rename(numbered(number), numbered(number + 1));
    }
    fs::rename(path, numbered(1))?;
    open(path)
}
