//! `emulator fault list`.

use super::{COLUMNS, PATH};
use crate::commands::emulator::control::{self, Control};
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::json_value::value_of;
use crate::knack::outcome::Outcome;

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "List the faults of a running emulator, and how many requests each of them has hit.",
    arguments: control::arguments![],
    connects: false,
    confirms: false,
    examples: &[
        Example { name: "List the faults", command: "{}" },
        Example { name: "Print how many requests the first fault has hit", command: "{} --query \"[0].hits\"" },
    ],
    run: |invocation| {
        let mut answer = Control::find(invocation)?.get(PATH)?;
        Ok(Outcome::of(value_of(answer["value"].take())).columns(COLUMNS).foreign())
    },
};
