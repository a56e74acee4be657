//! `emulator start`: the service on this machine until it is stopped.

use acs_identity_emulator::{CA_CERTIFICATE_FILE, Config};
use pyjmespath::Value;
use serde_json::json;
use signal_hook::consts::{SIGINT, SIGTERM};

use super::folder::TemporaryFolder;
use super::listen;
use super::options::{self, ACCESS_KEY, ENTRA_ISSUER, LOG_REQUESTS, REVOCATION_DELAY, STRICT_API_VERSION, THROTTLE};
use super::signals::{self, Signals};
use crate::cli::table::{Argument, Arity, Completion, Example, Verb};
use crate::commands::Invocation;
use crate::emulator_files;
use crate::error::CliError;
use crate::output;
use crate::prompt;

pub(in crate::commands) const VERB: Verb = Verb {
    summary: "Run the Communication Services Identity service on this machine until it is stopped.\n\nOnce it is ready, \
        one line of JSON on stdout says where it listens, its connection string and the certificate of its authority; \
        the log goes to stderr.",
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
        Argument::new(
            &["--data-dir"],
            "Folder for the data, the keys and the certificates. Environment variable: \
             AZURE_COMMUNICATION_EMULATOR_DATA_DIR.",
        )
        .default("~/.azure/communication-emulator")
        .completion(Completion::File)
        .extension(),
        Argument::new(
            &["--in-memory"],
            "Keep everything in memory. Environment variable: AZURE_COMMUNICATION_EMULATOR_IN_MEMORY.",
        )
        .arity(Arity::Flag)
        .extension(),
        ACCESS_KEY,
        ENTRA_ISSUER,
        LOG_REQUESTS,
        REVOCATION_DELAY,
        STRICT_API_VERSION,
        THROTTLE,
    ],
    connects: false,
    confirms: false,
    examples: &[
        Example { name: "Start the emulator on its usual port", command: "{}" },
        Example { name: "Start a private one on any free port", command: "{} --in-memory --port 0" },
    ],
    run,
};

fn run(invocation: &Invocation<'_>) -> Result<Option<Value>, CliError> {
    let port = options::port(invocation)?;
    let host = options::option(invocation, "--host");
    let in_memory = options::flag(invocation, "--in-memory");
    let (config, folder) = if in_memory {
        (Config::in_memory(), None)
    } else {
        let folder = match invocation.arguments.get("--data-dir") {
            Some(folder) => folder.into(),
            None => emulator_files::data_dir()?,
        };
        (Config::in_folder(&folder), Some(folder))
    };
    let config = options::configure(invocation, config)?;
    let mut signals = Signals::register()?;
    prompt::handle_interrupt();
    let opened = super::open(config)?;
    // The certificate must be a file for clients to name, in memory or not.
    let (ca_certificate, temporary) = match folder {
        Some(folder) => (std::path::absolute(folder.join(CA_CERTIFICATE_FILE)).unwrap_or(folder), None),
        None => {
            let temporary = TemporaryFolder::new()?;
            (temporary.write(CA_CERTIFICATE_FILE, opened.ca_certificate().as_bytes())?, Some(temporary))
        }
    };
    let signal = super::runtime()?.block_on(async {
        let listeners = listen::listen(host.as_deref(), port).await?;
        let port = listeners.first().and_then(|l| l.local_addr().ok()).map_or(port, |address| address.port());
        super::raise_file_limit();
        if let Some(signal) = signals.ended_by() {
            return Ok(signal);
        }
        let ready = json!({
            "endpoint": format!("https://localhost:{port}"),
            "connectionString": opened.connection_string(port),
            "caCertificate": ca_certificate,
            "controlEndpoint": format!("https://localhost:{port}/emulator/"),
            "pid": std::process::id(),
        });
        output::print_line(&ready.to_string())?;
        let mut signal = Err(CliError::new("The emulator has stopped."));
        acs_identity_emulator::run(listeners, opened, async { signal = signals.end().await }).await;
        signal
    });
    drop(temporary);
    match signal? {
        // The two that ask for a clean end have got it.
        SIGINT | SIGTERM => Ok(None),
        signal => signals::end_by(signal),
    }
}
