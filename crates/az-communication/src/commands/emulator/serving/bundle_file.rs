//! The bundle in a data folder. It is made again when it, or one of its sources, has changed. To read and join the
//! certificates of a machine at each start would take a fifth of its time.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::bundle::Sources;
use crate::files::private_file;
use crate::report::error::CliError;
use crate::service::emulator_files::BUNDLE_FILE;
use crate::system::{self, system_text};

/// The largest first line of a bundle, in bytes.
const FIRST_LINE: usize = 256;

/// Writes the bundle of a data folder if the file is not up to date. Returns its path.
///
/// # Errors
///
/// When the folder cannot be written.
pub(crate) fn keep(folder: &Path, authority: &str) -> Result<PathBuf, CliError> {
    let path = folder.join(BUNDLE_FILE);
    let sources = Sources::find(folder);
    // This is determined before the files are read. So the next start notices a change that happens meanwhile.
    let state = sources.state(authority);
    if state.is_some_and(|state| is_current(&path, state).unwrap_or(false)) {
        return Ok(path);
    }
    let mut text = sources.join(authority);
    let mut written = None;
    if let Some(state) = state {
        // Programs that write the file later set another time, because this one is in the past.
        let seconds = seconds_of(SystemTime::now()).saturating_sub(2);
        text.insert_str(0, &first_line(state, seconds, text.len() as u64));
        written = Some(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
    }
    // A file with the same content stays, also because the disk may be full.
    if !private_file::holds(&path, text.as_bytes()) {
        private_file::replace_for_all_users(&path, text.as_bytes(), written).map_err(|error| {
            let what = format!("{} cannot be written: {}.", path.display(), system_text(&error));
            CliError::new(what).advise(&error)
        })?;
    }
    Ok(path)
}

/// Returns the comment with which a bundle begins. It has the state of the sources, the time of the file in seconds
/// since 1970, and the number of bytes after the line.
fn first_line(state: u64, written: u64, length: u64) -> String {
    format!("# Made by the emulator from the state {state:016x} of its sources at {written}. {length} bytes follow.\n")
}

fn seconds_of(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// Checks whether the file was made from this state of the sources, and was not written since. Lets everyone read it.
fn is_current(path: &Path, state: u64) -> io::Result<bool> {
    if !path.symlink_metadata()?.is_file() {
        return Ok(false);
    }
    let mut file = File::open(path)?;
    let metadata = file.metadata()?;
    let mut first = Vec::with_capacity(FIRST_LINE);
    (&mut file).take(FIRST_LINE as u64).read_to_end(&mut first)?;
    let Some(end) = first.iter().position(|byte| *byte == b'\n') else { return Ok(false) };
    let line = first_line(state, seconds_of(metadata.modified()?), metadata.len() - (end as u64 + 1));
    if &first[..=end] != line.as_bytes() {
        return Ok(false);
    }
    system::open_to_readers(&file)?;
    Ok(true)
}
