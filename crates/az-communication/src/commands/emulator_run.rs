//! `emulator run -- COMMAND`: a private emulator for the life of one command.

use std::env;
use std::ffi::OsString;
use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitStatus;

use acs_identity_emulator::{Config, Emulator};
use tokio::process::{Child, Command};
use tokio::sync::oneshot;

use super::Invocation;
use super::emulator::{
    self, ACCESS_KEY, ENTRA_ISSUER, LOG_REQUESTS, REVOCATION_DELAY, STRICT_API_VERSION, THROTTLE, TemporaryFolder,
};
use crate::cli::table::{Argument, Arity, Example, Verb};
use crate::error::{CliError, system_text};
use crate::exit_code::ExitCode;
use crate::prompt;
use pyjmespath::Value;

/// For this tenant, Microsoft's authentication libraries do not ask login.microsoftonline.com whether the authority is one
/// of Microsoft's. Offline, and for an authority of our own, they would fail.
const TENANT: &str = "adfs";

/// The application that the command is.
const CLIENT: &str = "00000000-0000-0000-0000-000000000002";

pub(super) const VERB: Verb = Verb {
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
    let opened = emulator::open(emulator::configure(invocation, Config::in_memory())?)?;
    let folder = TemporaryFolder::new()?;
    let ca_certificate = folder.write("ca.pem", opened.ca_certificate().as_bytes())?;
    let bundle = folder.write("bundle.pem", &emulator::bundle_with(opened.ca_certificate()))?;
    let status = emulator::runtime()?.block_on(async {
        let listeners = emulator::listen(None, 0).await?;
        let port = listeners.first().and_then(|l| l.local_addr().ok()).map_or(0, |address| address.port());
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env("AZURE_COMMUNICATION_CONNECTION_STRING", opened.connection_string(port))
            .env("AZURE_COMMUNICATION_ENDPOINT", format!("https://localhost:{port}"))
            .envs(keyless(&opened, port))
            .env("REQUESTS_CA_BUNDLE", &bundle)
            .env("SSL_CERT_FILE", &bundle)
            .env("CURL_CA_BUNDLE", &bundle)
            .env("NODE_EXTRA_CA_CERTS", &ca_certificate)
            .env("NO_PROXY", no_proxy("NO_PROXY"))
            .env("no_proxy", no_proxy("no_proxy"));
        if let Some(path) = path_with_own_folder() {
            command.env("PATH", path);
        }
        let (stop, stopped) = oneshot::channel::<()>();
        let served = tokio::spawn(acs_identity_emulator::run(listeners, opened, async {
            let _ = stopped.await;
        }));
        let status = match command.spawn() {
            Ok(child) => {
                // The command has the limit that it would have without us.
                emulator::raise_file_limit();
                wait(child).await
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

/// What code without a key looks for: a managed identity, an application's secret, and who vouches for them.
fn keyless(emulator: &Emulator, port: u16) -> [(&'static str, String); 7] {
    [
        ("IDENTITY_ENDPOINT", format!("http://localhost:{port}/msi/token")),
        ("IDENTITY_HEADER", emulator.identity_header().to_owned()),
        ("AZURE_POD_IDENTITY_AUTHORITY_HOST", format!("http://localhost:{port}")),
        ("AZURE_AUTHORITY_HOST", format!("https://localhost:{port}")),
        ("AZURE_TENANT_ID", TENANT.to_owned()),
        ("AZURE_CLIENT_ID", CLIENT.to_owned()),
        ("AZURE_CLIENT_SECRET", emulator.client_secret().to_owned()),
    ]
}

/// The words behind `--` as they came, whatever their bytes are.
fn command_words(invocation: &Invocation<'_>) -> Vec<OsString> {
    let parsed = invocation.arguments.list("COMMAND");
    let raw = invocation.raw;
    raw[raw.len().saturating_sub(parsed.len())..].to_vec()
}

/// The command finds this very program as `az`.
fn path_with_own_folder() -> Option<OsString> {
    let own: PathBuf = env::current_exe().ok()?.parent()?.to_owned();
    let path = env::var_os("PATH").unwrap_or_default();
    env::join_paths(std::iter::once(own).chain(env::split_paths(&path))).ok()
}

/// No proxy can reach the emulator.
fn no_proxy(name: &str) -> String {
    let own = "localhost,127.0.0.1,::1";
    match env::var(name).ok().filter(|list| !list.is_empty()) {
        Some(list) => format!("{list},{own}"),
        None => own.to_owned(),
    }
}

/// Waits for the command and passes signals on. It shares our terminal and process group, so what is typed reaches it
/// without us.
#[cfg(unix)]
async fn wait(mut child: Child) -> Result<ExitStatus, CliError> {
    use rustix::process::{Pid, Signal, kill_process};
    use tokio::signal::unix::{SignalKind, signal};
    let fail = |error: std::io::Error| CliError::new(format!("Signals cannot be handled: {error}."));
    let pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    let typed = std::io::stdin().is_terminal();
    let mut interrupt = signal(SignalKind::interrupt()).map_err(fail)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(fail)?;
    let mut hangup = signal(SignalKind::hangup()).map_err(fail)?;
    let mut quit = signal(SignalKind::quit()).map_err(fail)?;
    loop {
        let signal = tokio::select! {
            status = child.wait() => {
                return status.map_err(|error| CliError::new(format!("The command was lost: {error}.")));
            }
            _ = interrupt.recv() => if typed { continue } else { Signal::INT },
            _ = quit.recv() => if typed { continue } else { Signal::QUIT },
            _ = terminate.recv() => Signal::TERM,
            _ = hangup.recv() => Signal::HUP,
        };
        if let Some(pid) = pid {
            let _ = kill_process(pid, signal);
        }
    }
}

#[cfg(not(unix))]
async fn wait(mut child: Child) -> Result<ExitStatus, CliError> {
    let _ = std::io::stdin().is_terminal();
    child.wait().await.map_err(|error| CliError::new(format!("The command was lost: {error}.")))
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
