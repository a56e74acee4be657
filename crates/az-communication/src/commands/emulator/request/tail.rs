//! `emulator request tail`: prints requests as they are answered.

use std::time::Duration;

use serde_json::Value as Json;

use super::{ALL, COLUMNS, IDENTITY, LAST, OPERATION, PATH, STATUS, control};
use crate::commands::emulator::control::{self as steering, Control, with_query};
use crate::knack::argument::Argument;
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::invocation::Invocation;
use crate::knack::json_value::value_of;
use crate::knack::outcome::Outcome;
use crate::knack::rendering;
use crate::knack::values::options::number;
use crate::report::error::CliError;

const HOW_MANY: Argument =
    Argument { help: "How many of the last requests to show first, up to 10000; 0 shows later requests only.", ..LAST }
        .default("10");

/// How long the emulator may wait for a request before it answers, in seconds.
const WAIT: u64 = 20;

/// How many requests are asked for at once.
const MOST: &str = "1000";

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "Print the requests of a running emulator as it answers them.\n\nEach request is printed at once, by \
        default as a line of JSON. The command ends with Ctrl+C, or when the emulator ends.",
    arguments: steering::arguments![STATUS, OPERATION, IDENTITY, ALL, HOW_MANY],
    connects: false,
    confirms: false,
    examples: &[
        Example { name: "Print refused requests as they come", command: "{} --status 4xx" },
        Example {
            name: "Print one line of text for each request",
            command: "{} --query \"[method, path, status]\" -o tsv",
        },
    ],
    run,
};

fn run(invocation: &Invocation<'_>) -> Result<Outcome, CliError> {
    let first = number(invocation, &LAST, &(0..=10_000))?.unwrap_or(10_u32);
    let lines = rendering::Lines::of(invocation, Some(COLUMNS))?;
    let asked = Control::find(invocation)?;
    let seconds = WAIT.to_string();
    let read = |after: Option<&str>, last: &str, wait: Option<&str>| {
        let parameters = [
            ("status", invocation.given(&STATUS)),
            ("operation", invocation.given(&OPERATION)),
            ("control", control(invocation)),
            ("identity", invocation.given(&IDENTITY)),
            ("after", after),
            ("last", Some(last)),
            ("wait", wait),
        ];
        asked.get_after(&with_query(PATH, &parameters), Duration::from_secs(if wait.is_some() { WAIT } else { 0 }))
    };
    // The number of the newest request is needed even if no request is shown first.
    let mut page = read(None, &first.max(1).to_string(), None)?;
    if first == 0 {
        page["value"] = Json::Array(Vec::new());
    }
    loop {
        if let Some(count) = page["dropped"].as_u64().filter(|count| *count > 0) {
            invocation.printer.warning(&format!("{count} requests were overwritten before they were read."));
        }
        if let Json::Array(requests) = page["value"].take() {
            for request in requests {
                lines.push(invocation, value_of(request))?;
            }
        }
        let newest = page["newest"].as_u64().unwrap_or_default().to_string();
        page = match read(Some(&newest), MOST, Some(&seconds)) {
            Ok(page) => page,
            Err(_) if asked.has_ended() => {
                invocation.printer.warning("The emulator has ended.");
                return Ok(Outcome::nothing());
            }
            Err(error) => return Err(error),
        };
    }
}
