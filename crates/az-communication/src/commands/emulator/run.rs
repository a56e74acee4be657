//! `emulator run -- COMMAND`: a private emulator for the life of one command.

use std::ffi::OsString;
use std::process::ExitStatus;

use acs_identity_emulator::Config;
use pyjmespath::Value;
use tokio::process::Command;
use tokio::sync::oneshot;

use super::folder::TemporaryFolder;
use super::options::{self, ACCESS_KEY, ENTRA_ISSUER, LOG_REQUESTS, REVOCATION_DELAY, STRICT_API_VERSION, THROTTLE};
use super::{bundle, environment, listen, signals};
use crate::cli::table::{Argument, Arity, Example, Verb};
use crate::commands::Invocation;
use crate::error::{CliError, system_text};
use crate::exit_code::ExitCode;
use crate::prompt;

pub(in crate::commands) const VERB: Verb = Verb {
    summary: "Run a command with a private emulator that lives as long as it does.\n\nThe command finds the connection \
        string in AZURE_COMMUNICATION_CONNECTION_STRING, the endpoint in AZURE_COMMUNICATION_ENDPOINT, and the \
        certificate of the emulator's authority where Python, OpenSSL, curl and Node.js look for it. Its exit code is \
        that of this command.",
    arguments: &[
        ACCESS_KEY,
        ENTRA_ISSUER,
        LOG_REQUESTS,
        REVOCATION_DELAY,
        STRICT_API_VERSION,
        THROTTLE,
        Argument::new(&["COMMAND"], "The command and its arguments, behind --.").arity(Arity::Remainder).required(),
    ],
    connects: false,
    confirms: false,
    examples: &[
        Example {
            name: "Issue an access token offline",
            command: "{} -- az communication user-identity token issue --scope chat",
        },
        Example { name: "Run the tests of an app", command: "{} -- pytest" },
    ],
    run,
};

fn run(invocation: &Invocation<'_>) -> Result<Option<Value>, CliError> {
    let words = command_words(invocation);
    let Some((program, arguments)) = words.split_first() else {
        return Err(CliError::new("There is no command behind --.").exit_code(ExitCode::Usage));
    };
    prompt::handle_interrupt();
    let opened = super::open(options::configure(invocation, Config::in_memory())?)?;
    let folder = TemporaryFolder::new()?;
    let ca_certificate = folder.write("ca.pem", opened.ca_certificate().as_bytes())?;
    let bundle = folder.write("bundle.pem", &bundle::bundle_with(opened.ca_certificate()))?;
    let status = super::runtime()?.block_on(async {
        let listeners = listen::listen(None, 0).await?;
        let port = listeners.first().and_then(|l| l.local_addr().ok()).map_or(0, |address| address.port());
        let mut command = Command::new(program);
        command.args(arguments);
        environment::of_child(&mut command, &opened, port, &ca_certificate, &bundle);
        let (stop, stopped) = oneshot::channel::<()>();
        let served = tokio::spawn(acs_identity_emulator::run(listeners, opened, async {
            let _ = stopped.await;
        }));
        let status = match command.spawn() {
            Ok(child) => {
                // The command has the limit that it would have without us.
                super::raise_file_limit();
                signals::wait(child).await
            }
            Err(error) => {
                let code = match error.kind() {
                    std::io::ErrorKind::NotFound => ExitCode::NoProgram,
                    _ => ExitCode::CannotRun,
                };
                let (program, reason) = (program.to_string_lossy(), system_text(&error));
                Err(CliError::new(format!("{program} cannot be run: {reason}.")).exit_code(code))
            }
        };
        drop(stop);
        let _ = served.await;
        status
    });
    drop(folder);
    end_like(status?)
}

/// The words behind `--` as they came, whatever their bytes are.
fn command_words(invocation: &Invocation<'_>) -> Vec<OsString> {
    let parsed = invocation.arguments.list("COMMAND");
    let raw = invocation.raw;
    raw[raw.len().saturating_sub(parsed.len())..].to_vec()
}

/// Ends as the command ended: with its exit code, or by its signal.
fn end_like(status: ExitStatus) -> Result<Option<Value>, CliError> {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt as _;
        if let Some(signal) = status.signal() {
            let _ = signal_hook::low_level::emulate_default_handler(signal);
            std::process::exit(128 + signal);
        }
    }
    std::process::exit(status.code().unwrap_or(1));
}
