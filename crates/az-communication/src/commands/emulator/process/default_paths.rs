//! The default paths of the files of a background emulator. They are beside its data folder.

use std::path::{Path, PathBuf};

use crate::commands::emulator::options::data_folder::Data;
use crate::commands::emulator::options::declared::{LOG_FILE, PID_FILE, READY_FILE};
use crate::commands::emulator::options::read;
use crate::knack::argument::Argument;
use crate::knack::invocation::Invocation;
use crate::knack::variables::Given;
use crate::report::error::CliError;
use crate::service::emulator_files;

/// Where an emulator stores its data, as far as its default paths depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept<'a> {
    Folder(&'a Path),
    Memory,
    Database,
}

impl<'a> From<&'a Data> for Kept<'a> {
    fn from(data: &'a Data) -> Self {
        match data {
            Data::Folder(folder) => Self::Folder(folder),
            Data::Memory => Self::Memory,
            Data::Database(_) => Self::Database,
        }
    }
}

/// The absolute paths of the files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Places {
    pub(crate) pid: PathBuf,
    pub(crate) log: PathBuf,
    pub(crate) ready: PathBuf,
    /// Whether the pid file has its default path.
    pub(crate) is_usual: bool,
}

impl Places {
    /// Returns the paths for an emulator with that data.
    ///
    /// # Errors
    ///
    /// Fails when an option is empty, or when there is no default path.
    pub(crate) fn of(invocation: &Invocation<'_>, data: Kept<'_>) -> Result<Self, CliError> {
        Self::read(invocation, data, read::option)
    }

    /// Does the same with another function that reads an option.
    ///
    /// # Errors
    ///
    /// Fails when an option is empty, or when there is no default path.
    pub(crate) fn read(
        invocation: &Invocation<'_>,
        data: Kept<'_>,
        option: fn(&Invocation<'_>, &Argument) -> Result<Option<Given>, CliError>,
    ) -> Result<Self, CliError> {
        let given = |argument: &Argument| -> Result<Option<PathBuf>, CliError> {
            option(invocation, argument)?.map(|given| read::absolute(given.value.into())).transpose()
        };
        let pid = given(&PID_FILE)?;
        let is_usual = pid.is_none();
        let pid = pid.map_or_else(|| Ok(Self::usual(data)?.pid), Ok::<_, CliError>)?;
        let stem = stem_of(&pid);
        Ok(Self {
            log: given(&LOG_FILE)?.unwrap_or_else(|| with(&stem, ".log")),
            ready: given(&READY_FILE)?.unwrap_or_else(|| with(&stem, ".json")),
            pid,
            is_usual,
        })
    }

    /// Returns the default paths.
    ///
    /// # Errors
    ///
    /// Fails when there is no data folder, and there is no home directory.
    pub(crate) fn usual(data: Kept<'_>) -> Result<Self, CliError> {
        let stem = match data {
            Kept::Folder(data) => data.to_owned(),
            Kept::Memory | Kept::Database => {
                let folder = emulator_files::data_dir().map_err(|_| {
                    CliError::new("There is no home directory for the emulator's pid file.")
                        .hint("Set one: --pid-file FILE, or AZURE_COMMUNICATION_EMULATOR_PID_FILE.")
                })?;
                let end = if data == Kept::Memory { "-in-memory" } else { "-store" };
                with(&std::path::absolute(&folder).unwrap_or(folder), end)
            }
        };
        Ok(Self { pid: with(&stem, ".pid"), log: with(&stem, ".log"), ready: with(&stem, ".json"), is_usual: true })
    }
}

/// Returns a path without the extension of pid files.
fn stem_of(pid: &Path) -> PathBuf {
    if pid.extension().is_some_and(|end| end == "pid") { pid.with_extension("") } else { pid.to_owned() }
}

fn with(path: &Path, end: &str) -> PathBuf {
    // The components have no separator at the end.
    let mut text = path.components().collect::<PathBuf>().into_os_string();
    text.push(end);
    text.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_are_beside_the_data_folder_and_the_pid_file() {
        let usual = Places::usual(Kept::Folder(Path::new("/data/emulator"))).unwrap();
        assert_eq!(usual.pid, Path::new("/data/emulator.pid"));
        assert_eq!(usual.log, Path::new("/data/emulator.log"));
        assert_eq!(usual.ready, Path::new("/data/emulator.json"));
        assert_eq!(Places::usual(Kept::Folder(Path::new("/data/emulator//"))).unwrap(), usual);
        // If a pid file has another extension, the new extension is appended to its whole name.
        for (pid, log) in [("/run/x.pid", "/run/x.log"), ("/run/x", "/run/x.log"), ("/run/x.log", "/run/x.log.log")] {
            assert_eq!(with(&stem_of(Path::new(pid)), ".log"), Path::new(log), "{pid}");
        }
    }
}
