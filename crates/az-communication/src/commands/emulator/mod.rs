//! The emulator's commands.

mod bundle;
pub(super) mod entra_token;
mod environment;
mod folder;
mod listen;
mod options;
pub(super) mod run;
mod signals;
pub(super) mod start;

use acs_identity_emulator::{Config, Emulator};

use crate::error::CliError;

/// Opens the emulator, in words for the person at the terminal.
pub(super) fn open(config: Config) -> Result<Emulator, CliError> {
    Emulator::open(config).map_err(|error| {
        let described = CliError::new(format!("The emulator cannot start: {error}."));
        match error {
            acs_identity_emulator::Error::InUse(_) => {
                described.hint("Stop the other one, or give this one a folder of its own (--data-dir), or --in-memory.")
            }
            _ => described,
        }
    })
}

/// A runtime for the emulator.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, CliError> {
    tokio::runtime::Builder::new_multi_thread()
        // A signature takes as long as hundreds of other tasks: the network is looked at in between.
        .event_interval(4)
        .enable_all()
        .build()
        .map_err(|error| CliError::new(format!("The emulator cannot start: {error}.")))
}

/// Takes as many connections as the system lets us: the usual soft limit of 1,024 files is for programs that use `select`.
pub(super) fn raise_file_limit() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, getrlimit, setrlimit};
        let mut limit = getrlimit(Resource::Nofile);
        limit.current = limit.maximum;
        // Where it is refused, more connections wait for others to end.
        let _ = setrlimit(Resource::Nofile, limit);
    }
}
