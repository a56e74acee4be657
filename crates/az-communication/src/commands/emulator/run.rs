//! `emulator run -- COMMAND`: runs a command with a private emulator.

use std::ffi::OsString;
use std::process::{Command, ExitStatus};

use acs_identity_emulator::Config;

use crate::commands::emulator::environment::variables::Credentials;
use crate::commands::emulator::environment::{certificates, variables};
use crate::commands::emulator::options::declared::{
    ACCESS_KEY, ALLOW_ORIGIN, CERTIFICATE, CERTIFICATE_KEY, CLOCK, CONTROL_SECRET, CONTROL_SECRET_FILE, ENTRA_ADMIN,
    ENTRA_ISSUER, EXPORT_ON_EXIT, HOSTNAME, IMPORT, KEEP_CREDENTIALS, LOG_FORMAT, LOG_REQUESTS, NO_REQUEST_LOG,
    PUBLIC_URL, REVOCATION_DELAY, RUN_DATA_DIR, RUN_HOST, RUN_IN_MEMORY, RUN_OPEN, RUN_PORT, RUN_STORE,
    RUN_STORE_KEY_FILE, RUN_STORE_PASSWORD_FILE, SEED, STRICT_API_VERSION, THROTTLE, TOKEN_ENDPOINT,
};
use crate::commands::emulator::options::headings::{ACCESS, ADDRESS, BEHAVIOUR, DATA, LOG};
use crate::commands::emulator::options::{configuration, data_folder, host, read, similar_variables};
use crate::commands::emulator::serving::at_end::AtEnd;
use crate::commands::emulator::serving::opening::Hints;
use crate::commands::emulator::serving::{file_limit, listen, opening, temporary_folder, threads};
use crate::commands::emulator::{log, page};
use crate::delegate;
use crate::knack::argument::{Argument, Arity};
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::invocation::Invocation;
use crate::knack::outcome::Outcome;
use crate::report::error::CliError;
use crate::report::exit_code::ExitCode;
use crate::report::prompt;
use crate::system::{self, Signals};

const COMMAND: Argument =
    Argument::new(&["COMMAND"], "The command and its arguments, after --.").arity(Arity::Remainder).required();

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "Run a command with a private emulator that runs as long as the command.\n\nThe command finds the \
        connection string in AZURE_COMMUNICATION_CONNECTION_STRING, the endpoint in AZURE_COMMUNICATION_ENDPOINT, the URL \
        of --token-endpoint in AZURE_COMMUNICATION_TOKEN_ENDPOINT, and the certificate of the emulator's authority where Python, OpenSSL, curl, Node.js and Java look for it. The \
        exit code is the exit code of the command.",
    arguments: &[
        RUN_HOST.group(ADDRESS),
        RUN_PORT.group(ADDRESS),
        HOSTNAME.group(ADDRESS),
        CERTIFICATE.group(ADDRESS),
        CERTIFICATE_KEY.group(ADDRESS),
        PUBLIC_URL.group(ADDRESS),
        RUN_DATA_DIR.group(DATA),
        RUN_IN_MEMORY.group(DATA),
        RUN_STORE.group(DATA),
        RUN_STORE_KEY_FILE.group(DATA),
        RUN_STORE_PASSWORD_FILE.group(DATA),
        SEED.group(DATA),
        IMPORT.group(DATA),
        EXPORT_ON_EXIT.group(DATA),
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
        RUN_OPEN,
        KEEP_CREDENTIALS,
        COMMAND,
    ],
    connects: false,
    confirms: false,
    examples: &[
        Example {
            name: "Issue an access token offline",
            command: "{} -- {communication user-identity token issue} --scope chat",
        },
        Example { name: "Run the tests of an app", command: "{} -- pytest" },
        Example {
            name: "Keep the identities for the next run, beside the app's own database",
            command: "{} --data-dir .acs -- uvicorn app:app",
        },
        Example {
            name: "Run the tests of a web page with the identities of a file",
            command: "{} --seed seed.yaml --token-endpoint --allow-origin https://app.example -- npm test",
        },
    ],
    run,
};

const HINTS: Hints = Hints {
    in_use: "Stop the other emulator, use another folder (--data-dir), or leave out --data-dir.",
    no_folder: "Use another folder (--data-dir), or leave out --data-dir.",
};

fn run(invocation: &Invocation<'_>) -> Result<Outcome, CliError> {
    let words = command_words(invocation);
    let Some((program, arguments)) = words.split_first() else {
        return Err(CliError::usage("There is no command after --."));
    };
    system::end_process_1_at_once();
    let log_format = configuration::choose_log_format(invocation)?;
    similar_variables::warn(invocation);
    file_limit::check_file_limit()?;
    let port = read::option(invocation, &RUN_PORT)?.map_or(Ok(0), |given| given.port())?;
    let place = host::place(read::option(invocation, &RUN_HOST)?.as_ref())?;
    let data = data_folder::of_run(invocation)?;
    let credentials = match read::flag(invocation, &KEEP_CREDENTIALS)? {
        true => Credentials::Own,
        false => Credentials::Emulator,
    };
    let opens = read::flag(invocation, &RUN_OPEN)?;
    let at_end = AtEnd::of(invocation, data.folder(), &[])?;
    let config = Config { storage: data.to_storage(), port, ..Config::in_memory() }.on(place);
    let config = configuration::configure(invocation, config)?;
    // The signals are registered before there is a folder to remove or a command to signal. Until here, a signal simply
    // ends this process.
    let mut signals = Signals::register()?;
    prompt::handle_interrupt();
    let (opened, (folder, trusted, runtime)) = opening::open(config, log_format, &HINTS, |opened| {
        let folder = temporary_folder::temporary()?;
        let trusted = certificates::variables(&folder, opened.ca_certificate(), &invocation.printer)?;
        Ok((folder, trusted, threads::runtime()?))
    })?;
    let end = runtime.block_on(async {
        let mut emulator = listen::serve(opened).await?;
        emulator.set_trust_files(certificates::trust_files(&trusted, &folder));
        let mut command = Command::new(delegate::to_start(program));
        command.args(arguments);
        variables::of_child(&mut command, &emulator, trusted, credentials, &folder);
        if let Some(signal) = signals.ended_by() {
            return at_end.close(emulator, || ()).await.map(|()| End::Signal(signal));
        }
        let child = match command.spawn() {
            Ok(child) => {
                // The command keeps the file limit that it would have without this program, so the limit is raised only
                // after its start.
                file_limit::raise_file_limit();
                if opens {
                    let url = page::with_code(&emulator.dashboard(), &emulator.page_code());
                    page::open_beside(invocation.printer, url);
                }
                Ok(child)
            }
            Err(error) => Err(delegate::not_started(&command, error)),
        };
        let (status, closed) = match child {
            Ok(child) => {
                let mut status = std::pin::pin!(system::wait_for_command(child, &mut signals));
                // A client may end the emulator before the command has ended. It waits for the end of the emulator
                // only.
                let ended = tokio::select! {
                    status = status.as_mut() => Some(status),
                    () = emulator.stopped() => None,
                };
                let closed = at_end.close(emulator, || ()).await;
                let status = match ended {
                    Some(status) => status,
                    None => status.await,
                };
                (status.map(End::Command).map_err(CliError::from), closed)
            }
            Err(error) => (Err(error), at_end.close(emulator, || ()).await),
        };
        log::flush();
        status.and_then(|status| closed.map(|()| status))
    });
    drop(folder);
    match end? {
        End::Command(status) => Ok(Outcome::nothing().exit_code(code_of(status))),
        End::Signal(signal) => Ok(Outcome::nothing().exit_code(ExitCode::Signal(signal))),
    }
}

/// How a run ends.
enum End {
    /// With the exit status of its command.
    Command(ExitStatus),
    /// By a signal that arrived before the command was started.
    Signal(i32),
}

/// Returns the words after `--` unchanged. They may contain any bytes.
fn command_words(invocation: &Invocation<'_>) -> Vec<OsString> {
    let parsed = invocation.arguments.list(&COMMAND);
    let raw = invocation.raw;
    raw[raw.len().saturating_sub(parsed.len())..].to_vec()
}

/// Returns the exit code of the command, or the code for the signal that ended it.
fn code_of(status: ExitStatus) -> ExitCode {
    match (system::exit_signal(status), status.code()) {
        (Some(signal), _) => ExitCode::Signal(signal),
        (None, Some(code)) => ExitCode::Other(code.to_le_bytes()[0]),
        (None, None) => ExitCode::Failure,
    }
}
