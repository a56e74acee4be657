//! The emulator's commands.

mod bundle;
pub(super) mod entra_token;
mod environment;
mod folder;
mod java;
mod listen;
mod options;
mod ready;
pub(super) mod run;
mod signals;
pub(super) mod start;
mod threads;
mod trusting;

use acs_identity_emulator::{Config, Emulator, Error, Storage};

use crate::emulator_files::NO_FOLDER_HINT;
use crate::error::CliError;
use crate::limits;

/// Opens the emulator, in words for the person at the terminal.
///
/// # Errors
///
/// When its folder cannot be used, or is in use.
fn open(config: Config) -> Result<Emulator, CliError> {
    let in_folder = config.storage != Storage::Memory;
    Emulator::open(config).map_err(|error| {
        let described = CliError::new(format!("The emulator cannot start: {error}."));
        match &error {
            Error::InUse(_) => {
                described.hint("Stop the other one, or give this one a folder of its own (--data-dir), or --in-memory.")
            }
            Error::File(_, cause) => {
                let described = limits::explain(described, cause);
                if in_folder { described.hint(NO_FOLDER_HINT) } else { described }
            }
            Error::Database(..) | Error::Folder(..) if in_folder => described.hint(NO_FOLDER_HINT),
            Error::Clock => described.hint("Set it right: timedatectl set-ntp true"),
            _ => described,
        }
    })
}

/// Takes as many connections as the system lets us: the usual soft limit of 1,024 files is for programs that use `select`.
fn raise_file_limit() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, getrlimit, setrlimit};
        let mut limit = getrlimit(Resource::Nofile);
        limit.current = limit.maximum;
        // Where it is refused, more connections wait for others to end.
        let _ = setrlimit(Resource::Nofile, limit);
    }
}

/// Refuses a limit of files with which no connection could be served.
///
/// # Errors
///
/// When it is lower than that.
fn check_file_limit() -> Result<(), CliError> {
    #[cfg(unix)]
    {
        /// Three streams, the signals, the listeners, the event queue, the database with its log and its readers, and a few
        /// connections.
        const NEEDED: u64 = 32;
        let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
        if let Some(limit) = limit.filter(|limit| *limit < NEEDED) {
            return Err(CliError::new(format!(
                "The emulator cannot start: this process may open {limit} files, and {NEEDED} are needed."
            ))
            .hint("Raise the limit: ulimit -n 1024"));
        }
    }
    Ok(())
}
