//! `emulator start`: serves on this machine until it is stopped.

use std::path::{Path, PathBuf};
use std::time::Duration;

use acs_identity_emulator::trust::TemporaryFolder;
use acs_identity_emulator::{CA_CERTIFICATE_FILE, Config, TrustFiles};
use acs_identity_protocol::connection_string::{DEVELOPMENT_ACCESS_KEY, DEVELOPMENT_PORT};

use crate::commands::emulator::options::declared::{
    ACCESS_KEY, ALLOW_ORIGIN, CERTIFICATE, CERTIFICATE_KEY, CLOCK, CONTROL_SECRET, CONTROL_SECRET_FILE, DATA_DIR,
    DETACH, ENTRA_ADMIN, ENTRA_ISSUER, EXPORT_ON_EXIT, HOST, HOSTNAME, IMPORT, IN_MEMORY, LOG_FILE, LOG_FORMAT,
    LOG_REQUESTS, NO_REQUEST_LOG, OPEN, PARENT_PID, PID_FILE, PLAIN_HTTP, PORT, PUBLIC_URL, READY_FILE,
    REVOCATION_DELAY, SEED, STORE, STORE_KEY_FILE, STORE_PASSWORD_FILE, STRICT_API_VERSION, THROTTLE, TOKEN_ENDPOINT,
    UNTIL_STDIN_CLOSES,
};
use crate::commands::emulator::options::headings::{ACCESS, ADDRESS, BEHAVIOUR, DATA, LOG, PROCESS};
use crate::commands::emulator::options::path_text::text_of;
use crate::commands::emulator::options::{configuration, data_folder, host, read, similar_variables};
use crate::commands::emulator::process::process_file::{Kind, PID, ProcessFile, READY};
use crate::commands::emulator::process::ready_line::{Ready, place_of};
use crate::commands::emulator::serving::at_end::AtEnd;
use crate::commands::emulator::serving::opening::Hints;
use crate::commands::emulator::serving::until::Until;
use crate::commands::emulator::serving::{
    bundle, bundle_file, file_limit, known_key, listen, opening, temporary_folder, threads,
};
use crate::commands::emulator::{detach, log, page};
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::invocation::Invocation;
use crate::knack::outcome::Outcome;
use crate::knack::variables::Given;
use crate::report::error::CliError;
use crate::report::exit_code::ExitCode;
use crate::report::prompt;
use crate::report::stdout;
use crate::service::emulator_files::{BUNDLE_FILE, NO_FOLDER_HINT};
use crate::system::platform::Platform;
use crate::system::{self, Signals};

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "Run the Communication Services Identity service on this machine until it is stopped.\n\nWhen it is \
        ready, it prints one line of JSON to stdout, with its endpoint, its connection string and the files with its \
        certificates. The log goes to stderr. The line contains an access key of your own only if stdout is a \
        terminal.",
    arguments: &[
        HOST.group(ADDRESS),
        PORT.group(ADDRESS),
        HOSTNAME.group(ADDRESS),
        CERTIFICATE.group(ADDRESS),
        CERTIFICATE_KEY.group(ADDRESS),
        PUBLIC_URL.group(ADDRESS),
        PLAIN_HTTP.group(ADDRESS),
        DATA_DIR.group(DATA),
        IN_MEMORY.group(DATA),
        STORE.group(DATA),
        STORE_KEY_FILE.group(DATA),
        STORE_PASSWORD_FILE.group(DATA),
        SEED.group(DATA),
        IMPORT.group(DATA),
        EXPORT_ON_EXIT.group(DATA),
        DETACH.group(PROCESS),
        OPEN.group(PROCESS),
        READY_FILE.group(PROCESS),
        PID_FILE.group(PROCESS),
        LOG_FILE.group(PROCESS),
        PARENT_PID.group(PROCESS),
        UNTIL_STDIN_CLOSES.group(PROCESS),
        ACCESS_KEY.group(ACCESS),
        CONTROL_SECRET.group(ACCESS),
        CONTROL_SECRET_FILE.group(ACCESS),
        ENTRA_ISSUER.group(ACCESS),
        ENTRA_ADMIN.group(ACCESS),
        ALLOW_ORIGIN.group(ACCESS),
        TOKEN_ENDPOINT.group(ACCESS),
        CLOCK.group(BEHAVIOUR),
        REVOCATION_DELAY.group(BEHAVIOUR),
        STRICT_API_VERSION.group(BEHAVIOUR),
        THROTTLE.group(BEHAVIOUR),
        LOG_REQUESTS.group(LOG),
        LOG_FORMAT.group(LOG),
        NO_REQUEST_LOG.group(LOG),
    ],
    connects: false,
    confirms: false,
    examples: &[
        Example { name: "Start the emulator on its default port", command: "{}" },
        Example { name: "Start a private emulator on a free port", command: "{} --in-memory --port 0" },
        Example {
            name: "Start an emulator that other machines reach by name, with its own key and folder",
            command: "{} --host 0.0.0.0 --hostname acs-emulator --access-key @key --data-dir ./acs",
        },
        Example { name: "Start it, and open its page in a browser", command: "{} --open" },
        Example { name: "Start it for the next steps of a CI job", command: "{} --in-memory --detach" },
        Example {
            name: "Start one of several emulators that are one service, with a database for all data",
            command: "{} --store 'postgres://acs@db.example/acs?sslmode=verify-full' --store-key-file store.key \
                --public-url https://acs.example",
        },
        Example {
            name: "Start with the identities and keys of a file, and with another time",
            command: "{} --in-memory --seed seed.yaml --clock 2030-01-31T09:00:00Z",
        },
        Example {
            name: "Give tokens to a web page in development",
            command: "{} --token-endpoint --allow-origin https://app.example",
        },
        Example {
            name: "Start with what another emulator held, and keep it at the end",
            command: "{} --in-memory --import state.jsonl --export-on-exit state.jsonl",
        },
    ],
    run,
};

/// How often it is checked whether the ready line can be written, and how long each check waits.
const READY_LOOKS: u32 = 100;
const READY_LOOK: Duration = Duration::from_millis(100);

fn run(invocation: &Invocation<'_>) -> Result<Outcome, CliError> {
    let detached = detach::Detached::of_environment();
    if detached.is_some() {
        detach::Detached::leave();
    }
    system::end_process_1_at_once();
    let log_format = configuration::choose_log_format(invocation)?;
    if detached.is_none() {
        similar_variables::warn(invocation);
    }
    file_limit::raise_file_limit();
    file_limit::check_file_limit()?;
    let port = read::option(invocation, &PORT)?.map_or(Ok(DEVELOPMENT_PORT), |given| given.port())?;
    let place = host::place(read::option(invocation, &HOST)?.as_ref())?;
    let data = data_folder::of_start(invocation, detached.is_none())?;
    let folder = data.folder();
    let log_file = read::option(invocation, &LOG_FILE)?;
    if detached.is_none() {
        if read::flag(invocation, &DETACH)? {
            return detach::start(invocation, &data);
        }
        if let Some(given) = &log_file {
            return Err(CliError::usage(format!("{} is given without --detach.", given.named_by))
                .hint("Without --detach, the log goes to stderr."));
        }
    }
    let opens = read::flag(invocation, &OPEN)?;
    let is_open = place.is_open();
    let config = Config { storage: data.to_storage(), ..Config::in_memory() }.on(place);
    let config = configuration::configure(invocation, Config { port, ..config })?;
    // A proxy on this machine may let other machines reach it.
    let is_open = is_open || config.public_url.as_deref().is_some_and(known_key::is_of_other_machines);
    let until = Until::of(invocation)?;
    let pid_file = read::option(invocation, &PID_FILE)?;
    let ready_file = read::option(invocation, &READY_FILE)?;
    let at_end = AtEnd::of(invocation, folder, &[&pid_file, &ready_file, &log_file])?;
    // Until here, a signal simply ends this process.
    let mut signals = Signals::register()?;
    prompt::handle_interrupt();
    let claim = |kind: &'static Kind, given: Option<Given>| {
        given.map(|given| ProcessFile::claim(kind, &given.value, folder)).transpose()
    };
    let mut pid_file = claim(&PID, pid_file)?;
    let mut ready_file = claim(&READY, ready_file)?;
    let (opened, (files, mut temporary, runtime)) = opening::open(config, log_format, &HINTS, |opened| {
        let (files, temporary) = match folder {
            Some(folder) => (Files::in_data_folder(folder, opened.ca_certificate())?, None),
            None => Files::in_temporary_folder(invocation, opened.ca_certificate())?,
        };
        Ok((files, temporary, threads::runtime()?))
    })?;
    let end = runtime.block_on(async {
        let mut emulator = listen::serve(opened).await?;
        if let Some(signal) = signals.ended_by() {
            return at_end.close(emulator, || ()).await.map(|()| Some(signal));
        }
        emulator.set_trust_files(files.to_trust());
        let ready = Ready {
            data: place_of(&data)?,
            certificate: files.certificate,
            bundle: files.bundle,
            file: ready_file.as_ref().map(|file| text_of(file.path())).transpose()?,
            pid_file: pid_file.as_ref().map(|file| text_of(file.path())).transpose()?,
            log_file: log_file.map(|given| given.value),
            control_secret_file: emulator.control_secret_file().map(text_of).transpose()?,
            ..Ready::of(&emulator)
        };
        if is_open && ready.connection_string.ends_with(DEVELOPMENT_ACCESS_KEY) {
            invocation.printer.warning(&known_key::warning(Platform::HERE));
        }
        match &detached {
            Some(detached) => detached.check_starter()?,
            // If nothing reads stdout, the emulator can still be stopped while it waits.
            None => {
                for _ in 0..READY_LOOKS {
                    if stdout::is_read(READY_LOOK) {
                        break;
                    }
                    if let Some(signal) = signals.ended_by() {
                        return at_end.close(emulator, || ()).await.map(|()| Some(signal));
                    }
                }
                if !stdout::is_read(Duration::ZERO) {
                    return Err(stdout::unread());
                }
            }
        }
        if let Some(file) = &mut pid_file {
            file.publish(&ready.pid.to_string())?;
        }
        ready.publish(ready_file.as_mut())?;
        // If the emulator runs in the background, the process that waits for it prints the line.
        if detached.is_none() {
            let url = || page::with_code(&emulator.dashboard(), &emulator.page_code());
            ready.say(invocation, || Some(url()))?;
            if opens {
                page::open_beside(invocation.printer, url());
            }
        }
        let end = tokio::select! {
            signal = signals.end() => signal.map(Some).map_err(CliError::from),
            () = until.end() => Ok(None),
            () = emulator.stopped() => Ok(None),
        };
        // A client that waits for the end finds none of these files.
        let remove_files = || {
            drop(ready_file.take());
            drop(pid_file.take());
            drop(temporary.take());
            log::flush();
        };
        let closed = at_end.close(emulator, remove_files).await;
        log::flush();
        end.and_then(|end| closed.map(|()| end))
    });
    drop(temporary);
    drop(ready_file);
    drop(pid_file);
    match end? {
        // These two signals ask for a clean end, which has now happened.
        None => Ok(Outcome::nothing()),
        Some(signal) if system::asks_for_an_end(signal) => Ok(Outcome::nothing()),
        Some(signal) => Ok(Outcome::nothing().exit_code(ExitCode::Signal(signal))),
    }
}

const HINTS: Hints = Hints {
    in_use: "Stop the other emulator, or use another folder (--data-dir) or --in-memory.",
    no_folder: NO_FOLDER_HINT,
};

/// The paths of the files that clients need.
#[derive(Default)]
struct Files {
    certificate: Option<String>,
    bundle: Option<String>,
}

impl Files {
    fn to_trust(&self) -> TrustFiles {
        let path = |file: &Option<String>| file.as_ref().map(PathBuf::from);
        TrustFiles { certificate: path(&self.certificate), bundle: path(&self.bundle), java_trust_store: None }
    }

    fn in_data_folder(folder: &Path, authority: &str) -> Result<Self, CliError> {
        Ok(Self {
            certificate: Some(text_of(&folder.join(CA_CERTIFICATE_FILE))?),
            bundle: Some(text_of(&bundle_file::keep(folder, authority)?)?),
        })
    }

    /// Writes the certificates to a temporary folder, because clients need them as files even if the data is in memory.
    /// Clients that use plain HTTP do not need them.
    fn in_temporary_folder(
        invocation: &Invocation<'_>,
        authority: &str,
    ) -> Result<(Self, Option<TemporaryFolder>), CliError> {
        let folder = match temporary_folder::temporary() {
            Ok(folder) => folder,
            Err(error) => {
                let hints = error.hints.join(" ");
                let why = format!(
                    "{error} The authority's certificate was not written to a file; clients can get it from \
                     /emulator/ca.pem. {hints}"
                );
                invocation.printer.warning(&why);
                return Ok((Self::default(), None));
            }
        };
        let certificate = temporary_folder::write(&folder, CA_CERTIFICATE_FILE, authority)?;
        let bundle = temporary_folder::write(&folder, BUNDLE_FILE, bundle::bundle(authority, folder.path()))?;
        let files = Self { certificate: Some(text_of(&certificate)?), bundle: Some(text_of(&bundle)?) };
        Ok((files, Some(folder)))
    }
}
