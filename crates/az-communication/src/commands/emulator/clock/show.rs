//! `emulator clock show`.

use super::COLUMNS;
use crate::commands::emulator::control::{self, Control};
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::json_value::value_of;
use crate::knack::outcome::Outcome;

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "Show the clock of a running emulator.\n\nTokens, revocations and device codes use the time of this \
        clock. Signatures, Entra tokens, certificates and the log use the time of the machine.",
    arguments: control::arguments![],
    connects: false,
    confirms: false,
    examples: &[
        Example { name: "Show the clock", command: "{}" },
        Example { name: "Print its time", command: "{} --query now -o tsv" },
    ],
    run: |invocation| {
        let shown = Control::find(invocation)?.get("/emulator/clock")?;
        Ok(Outcome::of(value_of(shown)).columns(COLUMNS))
    },
};
