//! The commands of the emulator.

pub(crate) mod access_key;
pub(crate) mod bundle;
pub(crate) mod control_secret;
pub(crate) mod data_folder;
pub(crate) mod detach;
pub(crate) mod entra_token;
pub(crate) mod environment;
pub(crate) mod folder;
pub(crate) mod given;
pub(crate) mod health;
pub(crate) mod listen;
pub(crate) mod log;
pub(crate) mod misspelled;
pub(crate) mod new_authority;
pub(crate) mod options;
pub(crate) mod origin;
pub(crate) mod places;
pub(crate) mod process_file;
pub(crate) mod ready;
pub(crate) mod run;
pub(crate) mod secret;
pub(crate) mod settings;
pub(crate) mod start;
pub(crate) mod status;
pub(crate) mod target;
pub(crate) mod threads;
pub(crate) mod trusted_issuers;
pub(crate) mod trusting;
pub(crate) mod until;

use std::path::Path;

use acs_identity_emulator::{Config, Emulator, Error, OwnFile, Storage};

use crate::report::error::CliError;
use crate::report::program::Program;
use crate::system::platform::Platform;
use crate::system::{self};
use crate::transport::names;

/// The name of the command that replaces an authority.
const NEW_AUTHORITY: &str = "communication emulator new-authority";

/// Hints about the data folder that name the options of a command.
struct Hints {
    /// The hint if another emulator uses the folder.
    in_use: &'static str,
    /// The hint if the folder cannot be used.
    no_folder: &'static str,
}

/// Opens the emulator. Errors are messages for the user.
///
/// # Errors
///
/// Fails when its folder cannot be used, or is in use.
fn open(config: Config, format: log::Format, hints: &Hints) -> Result<Emulator, CliError> {
    let folder = match &config.storage {
        Storage::Folder(folder) => Some(folder.clone()),
        Storage::Memory => None,
    };
    // The authority must be allowed to sign for all of these names.
    let names: Vec<String> = config.hostnames.iter().chain([&config.host]).cloned().collect();
    log::start(format);
    Emulator::open(config).map_err(|error| {
        log::flush();
        let message = format!("The emulator cannot start: {error}.");
        explain(&error, &message, folder.as_deref(), &names, hints)
    })
}

/// Returns the error with that message and a hint, for an emulator with that folder and these names.
fn explain(error: &Error, message: &str, folder: Option<&Path>, names: &[String], hints: &Hints) -> CliError {
    let described = CliError::new(message);
    match error {
        Error::InUse(_) => described.hint(hints.in_use),
        Error::AccessKey(_) => described.hint(
            "Leave out --access-key, AZURE_COMMUNICATION_EMULATOR_ACCESS_KEY and \
             AZURE_COMMUNICATION_EMULATOR_ACCESS_KEY_FILE, or use another folder: --data-dir.",
        ),
        Error::File(_, cause) => {
            let described = described.advise(cause);
            if folder.is_some() { described.hint(hints.no_folder) } else { described }
        }
        Error::Database(..) | Error::Folder(..) if folder.is_some() => described.hint(hints.no_folder),
        Error::OwnCertificate(file, cause) => {
            let described = match &**cause {
                Error::File(_, cause) => described.advise(cause),
                _ => described,
            };
            described.hint(match file {
                OwnFile::Certificate => {
                    "--certificate names a PEM file with a certificate, followed by the certificates of its issuers."
                }
                OwnFile::Key => "--certificate-key names a PEM file with the key of --certificate, without a password.",
            })
        }
        Error::Names(_) => match folder {
            Some(folder) => described
                .hint("Such a name must be given at the first start of a folder. Use a new folder: --data-dir.")
                .hint(new_authority_hint(folder, names)),
            None => described,
        },
        Error::Authority(_) => match folder {
            Some(folder) => described.hint(new_authority_hint(folder, names)),
            None => described,
        },
        Error::HostName(..) => described.hint(options::HOST_NAMES),
        Error::Clock => described.hint(format!("To set it: {}", Platform::HERE.set_clock())),
        _ => described,
    }
}

/// Returns a hint for the only command that replaces an authority.
fn new_authority_hint(folder: &Path, names: &[String]) -> String {
    let command = Program::current().command(NEW_AUTHORITY);
    let mut command = format!("{command} --data-dir {}", Platform::HERE.quoted(&folder.to_string_lossy()));
    let mut names = names.iter().filter(|name| !names::is_localhost(name)).peekable();
    if names.peek().is_some() {
        command.push_str(" --hostname");
    }
    for name in names {
        command.push(' ');
        command.push_str(&Platform::HERE.quoted(name));
    }
    format!("To make a new authority, which must then be added to every trust store: {command}")
}

/// Raises the limit of open files to the maximum that the system allows, because each connection needs one. The usual
/// soft limit of 1,024 is meant for programs that use `select`.
fn raise_file_limit() {
    system::raise_file_limit();
}

/// Refuses a limit of open files that leaves no room for connections.
///
/// # Errors
///
/// Fails when the limit is too low.
fn check_file_limit() -> Result<(), CliError> {
    /// Three streams, the signals, the listeners, the event queue, the database with its log and its readers, and a few
    /// connections.
    const NEEDED: u64 = 32;
    match system::file_limit().filter(|limit| *limit < NEEDED) {
        Some(limit) => Err(CliError::new(format!(
            "The emulator cannot start: this process may open {limit} files, and {NEEDED} are needed."
        ))
        .hint("Raise the limit: ulimit -n 1024")),
        None => Ok(()),
    }
}
