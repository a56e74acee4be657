//! `emulator start`: the service on this machine until it is stopped.

use std::path::{Path, PathBuf};
use std::time::Duration;

use acs_identity_emulator::{CA_CERTIFICATE_FILE, Config};
use acs_identity_protocol::connection_string::{DEVELOPMENT_ACCESS_KEY, DEVELOPMENT_PORT};
use pyjmespath::Value;
use signal_hook::consts::{SIGINT, SIGTERM};

use super::folder::TemporaryFolder;
use super::listen::Place;
use super::options::{
    self, ACCESS_KEY, ALLOW_ORIGIN, CERTIFICATE, CERTIFICATE_KEY, CONTROL_SECRET, DATA_DIR, ENTRA_ADMIN, ENTRA_ISSUER,
    HOSTNAME, LOG_REQUESTS, PUBLIC_URL, REVOCATION_DELAY, STRICT_API_VERSION, THROTTLE,
};
use super::ready::{Ready, text_of};
use super::ready_file::ReadyFile;
use super::signals::{self, Signals};
use super::until::{PARENT_PID, UNTIL_STDIN_CLOSES, Until};
use super::{Hints, threads, trusting};
use crate::cli::table::{Argument, Arity, Completion, Example, Verb};
use crate::commands::Invocation;
use crate::emulator_files::{BUNDLE_FILE, NO_FOLDER_HINT};
use crate::error::{CliError, system_text};
use crate::output;
use crate::private_file;
use crate::prompt;

const READY_FILE: Argument = Argument::new(
    &["--ready-file"],
    "File for the ready line with the access key, which only its owner can read, and which is there as long as the emulator \
     serves. Environment variable: AZURE_COMMUNICATION_EMULATOR_READY_FILE.",
)
.completion(Completion::File)
.extension();

pub(in crate::commands) const VERB: Verb = Verb {
    summary: "Run the Communication Services Identity service on this machine until it is stopped.\n\nOnce it is ready, \
        one line of JSON on stdout says where it listens, its connection string and the files with its certificates; the \
        log goes to stderr. An access key of your own stands in that line on a terminal only.",
    arguments: &[
        Argument::new(
            &["--host"],
            "Host name or address to listen on instead of both 127.0.0.1 and ::1. Environment variable: \
             AZURE_COMMUNICATION_EMULATOR_HOST.",
        )
        .extension(),
        Argument::new(
            &["--port"],
            "Port to listen on; 0 for any free one. Environment variable: AZURE_COMMUNICATION_EMULATOR_PORT.",
        )
        .default("10100")
        .extension(),
        DATA_DIR,
        Argument::new(
            &["--in-memory"],
            "Keep everything in memory. Environment variable: AZURE_COMMUNICATION_EMULATOR_IN_MEMORY.",
        )
        .arity(Arity::Flag)
        .extension(),
        HOSTNAME,
        CERTIFICATE,
        CERTIFICATE_KEY,
        ACCESS_KEY,
        CONTROL_SECRET,
        ENTRA_ISSUER,
        ENTRA_ADMIN,
        ALLOW_ORIGIN,
        PUBLIC_URL,
        LOG_REQUESTS,
        REVOCATION_DELAY,
        STRICT_API_VERSION,
        THROTTLE,
        READY_FILE,
        PARENT_PID,
        UNTIL_STDIN_CLOSES,
    ],
    connects: false,
    confirms: false,
    examples: &[
        Example { name: "Start the emulator on its usual port", command: "{}" },
        Example { name: "Start a private one on any free port", command: "{} --in-memory --port 0" },
    ],
    run,
};

/// Said where other machines can reach an emulator with the key that everybody knows.
const OPEN_WITH_KNOWN_KEY: &str = "Other machines can reach this emulator, and its access key is the well-known one, with \
    which everybody can use it and read its keys. Give it a key of its own: --access-key KEY. To make one: openssl rand \
    -base64 64 | tr -d '\\n'";

/// How often, and for how long at a time, it is looked whether the ready line can be written.
const READY_LOOKS: u32 = 100;
const READY_LOOK: Duration = Duration::from_millis(100);

fn run(invocation: &Invocation<'_>) -> Result<Option<Value>, CliError> {
    super::raise_file_limit();
    super::check_file_limit()?;
    let port = options::option(invocation, "--port")?.map_or(Ok(DEVELOPMENT_PORT), |given| given.port())?;
    let place = Place::of(options::option(invocation, "--host")?.as_ref())?;
    let folder = data_folder(invocation)?;
    let mut config = folder.as_ref().map_or_else(Config::in_memory, Config::in_folder);
    config.host = place.host().to_owned();
    let config = options::configure(invocation, config)?;
    let until = Until::of(invocation)?;
    let ready_file = options::option(invocation, READY_FILE.key())?;
    // Until here, a signal simply ends this process.
    let mut signals = Signals::register()?;
    prompt::handle_interrupt();
    let mut ready_file = ready_file.map(|given| ReadyFile::claim(&given.value, folder.as_deref())).transpose()?;
    let opened = super::open(config, &HINTS)?;
    let (files, temporary) = match &folder {
        Some(folder) => (Files::in_data_folder(folder, opened.ca_certificate())?, None),
        None => Files::in_temporary_folder(invocation, opened.ca_certificate())?,
    };
    let end = threads::runtime()?.block_on(async {
        let (listeners, port) = place.listen(port).await?;
        if let Some(signal) = signals.ended_by() {
            return Ok(Some(signal));
        }
        let ready = Ready {
            data: files.data,
            certificate: files.certificate,
            bundle: files.bundle,
            file: ready_file.as_ref().map(|file| text_of(file.path())).transpose()?,
            ..Ready::of(&opened, port)
        };
        if place.is_open() && ready.connection_string.ends_with(DEVELOPMENT_ACCESS_KEY) {
            invocation.printer.warning(OPEN_WITH_KNOWN_KEY);
        }
        // Where nobody reads stdout, the emulator can still be stopped.
        for _ in 0..READY_LOOKS {
            if output::is_read(READY_LOOK) {
                break;
            }
            if let Some(signal) = signals.ended_by() {
                return Ok(Some(signal));
            }
        }
        ready.say(invocation, ready_file.as_mut())?;
        let mut end = Err(CliError::new("The emulator has stopped."));
        let stop = async {
            end = tokio::select! {
                signal = signals.end() => signal.map(Some),
                () = until.end() => Ok(None),
            };
        };
        acs_identity_emulator::run(listeners, opened, stop).await;
        end
    });
    drop(temporary);
    drop(ready_file);
    match end? {
        // The two that ask for a clean end have got it.
        None | Some(SIGINT | SIGTERM) => Ok(None),
        Some(signal) => signals::end_by(signal),
    }
}

const HINTS: Hints = Hints {
    in_use: "Stop the other one, or give this one a folder of its own (--data-dir), or --in-memory.",
    no_folder: NO_FOLDER_HINT,
};

/// The folder for the data; `None` in memory.
fn data_folder(invocation: &Invocation<'_>) -> Result<Option<PathBuf>, CliError> {
    if options::flag(invocation, "--in-memory")? {
        return Ok(None);
    }
    options::data_dir(invocation).map(Some)
}

/// The files that clients need, by their names.
#[derive(Default)]
struct Files {
    certificate: Option<String>,
    bundle: Option<String>,
    data: Option<String>,
}

impl Files {
    fn in_data_folder(folder: &Path, authority: &str) -> Result<Self, CliError> {
        let path = folder.join(BUNDLE_FILE);
        private_file::replace(&path, trusting::bundle(authority, folder).as_bytes()).map_err(|error| {
            CliError::new(format!("{} cannot be written: {}.", path.display(), system_text(&error)))
        })?;
        Ok(Self {
            certificate: Some(text_of(&folder.join(CA_CERTIFICATE_FILE))?),
            bundle: Some(text_of(&path)?),
            data: Some(text_of(folder)?),
        })
    }

    /// Certificates must be files for clients to name, also where the data is in memory. Plain HTTP needs none.
    fn in_temporary_folder(
        invocation: &Invocation<'_>,
        authority: &str,
    ) -> Result<(Self, Option<TemporaryFolder>), CliError> {
        let folder = match TemporaryFolder::new() {
            Ok(folder) => folder,
            Err(error) => {
                let hints = error.hints.join(" ");
                let why = format!("{error} So clients get no certificate, and only plain HTTP is of use. {hints}");
                invocation.printer.warning(&why);
                return Ok((Self::default(), None));
            }
        };
        let certificate = folder.write(CA_CERTIFICATE_FILE, authority.as_bytes())?;
        let bundle = folder.write(BUNDLE_FILE, trusting::bundle(authority, folder.path()).as_bytes())?;
        let files = Self { certificate: Some(text_of(&certificate)?), bundle: Some(text_of(&bundle)?), data: None };
        Ok((files, Some(folder)))
    }
}
