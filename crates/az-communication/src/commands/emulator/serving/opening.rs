//! Opens the emulator, and explains why it cannot be opened.

use std::path::Path;

use acs_identity_emulator::{Config, Emulator, Error, OwnFile, Storage};

use crate::commands::emulator::log;
use crate::commands::emulator::options::configuration::{self, NEW_AUTHORITY};
use crate::report::error::CliError;
use crate::report::program::Program;
use crate::system::platform::Platform;
use crate::transport::names;

/// Hints about the data folder that name the options of a command.
pub(crate) struct Hints {
    /// The hint if another emulator uses the folder.
    pub(crate) in_use: &'static str,
    /// The hint if the folder cannot be used.
    pub(crate) no_folder: &'static str,
}

/// Opens the emulator, and does other work while the disk is waited for. Returns the emulator and what the work made.
/// Errors are messages for the user.
///
/// # Errors
///
/// Fails when its folder cannot be used, or is in use, and when the other work fails.
pub(crate) fn open<T>(
    config: Config,
    format: log::Format,
    hints: &Hints,
    beside: impl FnOnce(&Emulator) -> Result<T, CliError>,
) -> Result<(Emulator, T), CliError> {
    let folder = match &config.storage {
        Storage::Folder(folder) => Some(folder.clone()),
        Storage::Memory | Storage::Postgres(_) => None,
    };
    // The authority must be allowed to sign for all of these names.
    let names: Vec<String> =
        config.hostnames.iter().map(String::as_str).chain([config.host()]).map(str::to_owned).collect();
    log::start(format);
    let explained = |error: Error| {
        log::flush();
        let message = format!("The emulator cannot start: {error}.");
        explain(&error, &message, folder.as_deref(), &names, hints)
    };
    let opening = Emulator::begin(config).map_err(explained)?;
    let made = beside(opening.emulator());
    // If the disk is full, both fail, and this is the reason.
    let emulator = opening.durable().map_err(explained)?;
    Ok((emulator, made?))
}

/// Returns the error with that message and a hint, for an emulator with that folder and these names.
pub(crate) fn explain(
    error: &Error,
    message: &str,
    folder: Option<&Path>,
    names: &[String],
    hints: &Hints,
) -> CliError {
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
        Error::ControlSecret(cause) => {
            let described = match &**cause {
                Error::File(_, cause) => described.advise(cause),
                _ => described,
            };
            described.hint(
                "The file holds the control secret. Correct it, remove it so that a new one is made, or name another \
                 file: --control-secret-file FILE",
            )
        }
        Error::Names(_) => match folder {
            Some(folder) => described
                .hint("Give other names at the first start of a data folder. To use a new folder: --data-dir.")
                .hint(new_authority_hint(folder, names)),
            None => described,
        },
        Error::Authority(_) => match folder {
            Some(folder) => described.hint(new_authority_hint(folder, names)),
            None => described,
        },
        Error::HostName(..) => described.hint(configuration::HOST_NAMES),
        Error::Import(_) => {
            described
                .hint(match folder {
                    Some(_) => "Leave out --import, or use a new folder: --data-dir.",
                    None => "Leave out --import, or use an empty database with --store.",
                })
                .hint(Program::current().text(
                    "To replace the data of a running emulator: {communication emulator import} FILE --replace",
                    "",
                ))
        }
        Error::ClockTime(_) => described.hint("Give --clock another time, such as 2030-01-31T09:00:00Z."),
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
    format!("Replace the authority, and then its certificate in every trust store: {command}")
}
