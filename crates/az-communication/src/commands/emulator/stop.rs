//! `emulator stop`: ends a running emulator cleanly.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use acs_identity_emulator::is_folder_unused;

use crate::commands::emulator::control::{self, Body, Control};
use crate::commands::emulator::options::declared::STATUS_DATA_DIR;
use crate::commands::emulator::options::read;
use crate::commands::emulator::running::health;
use crate::commands::emulator::running::target::{Ask, Target};
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::invocation::Invocation;
use crate::knack::outcome::Outcome;
use crate::report::error::CliError;

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "Stop a running emulator, and wait until it has ended.\n\nIt ends as after SIGTERM, with exit code 0: \
        requests that have begun get their responses, all data is on the disk, and the file of --export-on-exit is \
        written. If that file cannot be written, this command fails, too. If no emulator is running, the exit code is \
        0.",
    arguments: control::arguments![],
    connects: false,
    confirms: false,
    examples: &[
        Example { name: "Stop the emulator on the default port, or in the background", command: "{}" },
        Example {
            name: "Stop the emulator of a data folder that runs in the background",
            command: "{} --data-dir .acs",
        },
    ],
    run,
};

/// How long the process of an emulator may take to end when it has closed its data.
const LIMIT: Duration = Duration::from_secs(15);

/// How often it is checked whether the emulator has ended.
const LOOK: Duration = Duration::from_millis(20);

fn run(invocation: &Invocation<'_>) -> Result<Outcome, CliError> {
    let asked = Target::find(invocation)?;
    if let Some(why) = not_running(&asked) {
        invocation.printer.warning(&format!("Nothing was stopped: {why}."));
        return Ok(Outcome::nothing());
    }
    let control = Control::find(invocation)?;
    // The response comes when the emulator has ended, except for its process.
    control.post("/emulator/stop", Body::Nothing)?;
    let folder = read::given(invocation, &STATUS_DATA_DIR)?;
    let is_in_use = || folder.as_ref().is_some_and(|folder| !is_folder_unused(Path::new(&folder.value)));
    let latest = Instant::now() + LIMIT;
    // The files of the emulator are free when its process has ended. A process whose parent has not waited for it still
    // has its number then.
    // When they are free, the same options may lead to another emulator.
    let has_process = || -> Result<bool, CliError> {
        Ok(asked.process.is_some() && Target::find(invocation)?.process == asked.process)
    };
    while !control.is_silent() || is_in_use() || has_process()? {
        if Instant::now() >= latest {
            let message = format!("The emulator did not end within {} s.", LIMIT.as_secs());
            return Err(CliError::new(message).hint("It was asked to stop. Its log says what it waits for."));
        }
        thread::sleep(LOOK);
    }
    if asked.process.is_some()
        && let Target { process: Some(_), endpoint: Some(other), .. } = Target::find(invocation)?
    {
        let stopped = control.endpoint();
        invocation
            .printer
            .warning(&format!("The emulator at {stopped} was stopped. Another one is still running at {other}."));
    }
    Ok(Outcome::nothing())
}

/// Returns why no emulator has to be stopped. An emulator on another machine, or whose port is not known, may be
/// running.
fn not_running(target: &Target) -> Option<String> {
    match &target.ask {
        _ if target.process.is_some() => None,
        Ask::Unavailable(why) => Some(why.clone()),
        Ask::Plain(place) => {
            let why = health::by_http(place, health::LIMIT).reason_if_refused();
            why.map(|why| target.with_source(why))
        }
        Ask::Service(_) => None,
    }
}
