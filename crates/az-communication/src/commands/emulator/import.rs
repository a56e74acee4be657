//! `emulator import`.

use crate::commands::emulator::control::{self, Body, Control};
use crate::commands::emulator::state_file;
use crate::knack::argument::{Argument, Arity, Completion};
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::invocation::Invocation;
use crate::knack::json_value::value_of;
use crate::knack::outcome::Outcome;
use crate::report::error::CliError;

const FILE: Argument = Argument::new(&["FILE"], "File that was written by an export.")
    .arity(Arity::Positional)
    .required()
    .completion(Completion::File)
    .extension();
const REPLACE: Argument =
    Argument::new(&["--replace"], "Replace the identities and assignments that the emulator has already.")
        .arity(Arity::Flag)
        .extension();

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "Replace everything that a running emulator holds by an export.\n\nIt happens in one step, and is on the \
        disk when the command returns. Tokens that were issued before the export are valid again. The certificates of \
        the emulator stay.",
    arguments: control::arguments![FILE, REPLACE],
    connects: false,
    confirms: false,
    examples: &[
        Example { name: "Fill a new emulator", command: "{} state.jsonl" },
        Example { name: "Return to a former state", command: "{} state.jsonl --replace" },
    ],
    run,
};

fn run(invocation: &Invocation<'_>) -> Result<Outcome, CliError> {
    let content = state_file::read(invocation.required(&FILE)?)?;
    let replace = invocation.arguments.has(&REPLACE);
    let target = format!("/emulator/import?replace={replace}");
    let imported = Control::find(invocation)?.post(&target, Body::Bytes("application/x-ndjson", content))?;
    Ok(Outcome::of(value_of(imported)))
}
