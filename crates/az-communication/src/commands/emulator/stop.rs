//! `emulator stop`: ends a running emulator cleanly.

use std::thread;
use std::time::{Duration, Instant};

use crate::commands::emulator::control::{self, Body, Control};
use crate::commands::emulator::running::target::Target;
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::invocation::Invocation;
use crate::knack::outcome::Outcome;
use crate::report::error::CliError;

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "Stop a running emulator, and wait until it has ended.\n\nIt ends as after SIGTERM, with exit code 0: \
        requests that have begun get their responses, and all data is on the disk.",
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

/// How long an emulator may take to end. Requests that have begun may take 5 s.
const LIMIT: Duration = Duration::from_secs(15);

/// How often it is checked whether the emulator has ended.
const LOOK: Duration = Duration::from_millis(20);

fn run(invocation: &Invocation<'_>) -> Result<Outcome, CliError> {
    let control = Control::find(invocation)?;
    control.post("/emulator/stop", Body::Nothing)?;
    let latest = Instant::now() + LIMIT;
    // The files of the emulator are free when its process has ended. A process whose parent has not waited for it still
    // has its number then.
    while !control.is_silent() || Target::find(invocation)?.process.is_some() {
        if Instant::now() >= latest {
            let message = format!("The emulator did not end within {} s.", LIMIT.as_secs());
            return Err(CliError::new(message).hint("It was asked to stop. Its log says what it waits for."));
        }
        thread::sleep(LOOK);
    }
    Ok(Outcome::nothing())
}
