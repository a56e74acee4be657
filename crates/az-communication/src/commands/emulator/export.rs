//! `emulator export`.

use acs_identity_emulator::ExportSummary;
use serde_json::json;

use crate::commands::emulator::control::{self, Control};
use crate::commands::emulator::state_file;
use crate::knack::argument::{Argument, Arity, Completion};
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::invocation::Invocation;
use crate::knack::json_value::value_of;
use crate::knack::outcome::Outcome;
use crate::report::error::CliError;

const FILE: Argument =
    Argument::new(&["FILE"], "File to write, or - for stdout. Only its owner can read it, because it contains keys.")
        .arity(Arity::Positional)
        .required()
        .completion(Completion::File)
        .extension();

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "Write everything that a running emulator holds to a file: its resource id, the access keys, the keys that \
        sign tokens, the identities with their revocations, the assignments, and the clock.\n\nA regular file is \
        complete or is not written. A pipe or a device is written to directly. Certificates belong to a data folder or \
        a database, and are left out. {communication emulator import} reads the file.",
    arguments: control::arguments![FILE],
    connects: false,
    confirms: false,
    examples: &[Example { name: "Keep the state of an emulator", command: "{} state.jsonl" }],
    run,
};

fn run(invocation: &Invocation<'_>) -> Result<Outcome, CliError> {
    let file = invocation.required(&FILE)?;
    let control = Control::find(invocation)?;
    let is_stdout = state_file::is_stdout(file);
    let ExportSummary { identities, assignments } =
        state_file::write(file, |new| control.download("/emulator/export", &mut |piece| new.add(piece)))?;
    // Only the export itself goes to stdout then.
    if is_stdout {
        return Ok(Outcome::nothing());
    }
    Ok(Outcome::of(value_of(json!({"file": file, "identities": identities, "assignments": assignments}))))
}
