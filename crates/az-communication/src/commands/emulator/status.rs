//! `emulator status`: checks whether the emulator is ready, for health checks and scripts.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use crate::commands::emulator::control::Control;
use crate::commands::emulator::options::declared::{
    CONNECTION_STRING, ENDPOINT, STATUS_CONTROL_SECRET_FILE, STATUS_DATA_DIR, STATUS_HOST, STATUS_IN_MEMORY,
    STATUS_PID_FILE, STATUS_PORT, STATUS_READY_FILE, WAIT,
};
use crate::commands::emulator::options::read;
use crate::commands::emulator::running::health::{self, Health};
use crate::commands::emulator::running::target::{Ask, Target};
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::invocation::Invocation;
use crate::knack::json_value::value_of;
use crate::knack::outcome::Outcome;
use crate::knack::values::duration::{DAY, Durations};
use crate::report::error::CliError;
use crate::report::exit_code::ExitCode;

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "Check whether the emulator is ready.\n\nThe exit code is 0 if it is ready, and 1 if it is not. The \
        options name the emulator as for `start`. Without them, the variables AZURE_COMMUNICATION_EMULATOR_* name it, \
        or else AZURE_COMMUNICATION_CONNECTION_STRING, or else it is the emulator on the default port or in the \
        background. With a known access key or control secret, the output also has what the control API says: the \
        version, the number of identities, and so on.",
    arguments: &[
        ENDPOINT,
        CONNECTION_STRING,
        STATUS_CONTROL_SECRET_FILE,
        STATUS_HOST,
        STATUS_PORT,
        STATUS_DATA_DIR,
        STATUS_IN_MEMORY,
        STATUS_PID_FILE,
        STATUS_READY_FILE,
        WAIT,
    ],
    connects: false,
    confirms: false,
    examples: &[
        Example { name: "Wait until the emulator is ready", command: "{} --wait 30s" },
        Example {
            name: "Ask the emulator of a data folder that runs in the background",
            command: "{} --data-dir .acs --query ready",
        },
    ],
    run,
};

/// The values of `--wait`. A wait of more than a day is a mistake.
const WAITS: Durations = Durations::of(0..=DAY).with_unit();

/// The time limit of the last check, in which an emulator on this machine responds.
const SHORTEST: Duration = Duration::from_millis(50);

/// How long to wait between two checks of an emulator that is not ready yet.
const AGAIN: Duration = Duration::from_millis(100);

fn run(invocation: &Invocation<'_>) -> Result<Outcome, CliError> {
    let wait = wait(invocation)?;
    let latest = Instant::now() + wait;
    let mut limit = if wait.is_zero() { health::LIMIT } else { wait.min(health::LIMIT) };
    loop {
        // The target is looked up each time, because the emulator's files appear when it is ready.
        let target = Target::find(invocation)?;
        let health = match &target.ask {
            Ask::Unavailable(why) => Health::not_ready(why.clone()),
            Ask::Plain(host) => health::by_http(host, limit),
            Ask::Service(connection) => health::of_service(connection, limit),
        };
        let left = latest.saturating_duration_since(Instant::now());
        if health.is_ready() || left.is_zero() {
            let exit_code = if health.is_ready() { ExitCode::Success } else { ExitCode::Failure };
            let mut document = document(&target, &health);
            if health.is_ready() || health.is_unavailable {
                let added = add_state(invocation, target, &mut document);
                if let Err(error) = added
                    && health.is_ready()
                {
                    invocation.printer.warning(&format!("{error} Only its health is shown."));
                }
            }
            return Ok(Outcome::of(value_of(document)).exit_code(exit_code));
        }
        thread::sleep(left.min(AGAIN));
        // A server that accepts a connection and does not respond must not make the wait longer.
        limit = latest.saturating_duration_since(Instant::now()).clamp(SHORTEST, health::LIMIT);
    }
}

/// Adds what the control API says, with the credential that all commands use.
///
/// # Errors
///
/// Fails when the emulator refuses it. Nothing is added then.
fn add_state(invocation: &Invocation<'_>, target: Target, document: &mut Json) -> Result<(), CliError> {
    let state = Control::of_target(invocation, target)?.get("/emulator/status")?;
    if let (Json::Object(state), Json::Object(members)) = (state, document) {
        // The endpoint is the one that was asked, and these two say the same as `ready`.
        let is_new = |name: &String| !["status", "reason", "endpoint", "resourceId"].contains(&name.as_str());
        members.extend(state.into_iter().filter(|(name, _)| is_new(name)));
    }
    Ok(())
}

fn document(target: &Target, health: &Health) -> Json {
    let reason = health.reason.clone();
    let reason = if health.is_refused { reason.map(|reason| target.with_source(reason)) } else { reason };
    let answers = health.is_ready() || health.is_unavailable;
    json!({
        "endpoint": target.endpoint,
        "dashboard": target.dashboard().filter(|_| answers),
        "ready": health.is_ready(),
        "reason": reason,
        "resourceId": health.resource_id,
        "pid": target.process,
    })
}

fn wait(invocation: &Invocation<'_>) -> Result<Duration, CliError> {
    read::option(invocation, &WAIT)?.map_or(Ok(Duration::ZERO), |given| given.duration(&WAITS))
}
