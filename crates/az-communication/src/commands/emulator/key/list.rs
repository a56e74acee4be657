//! `emulator key list`.

use super::COLUMNS;
use crate::commands::emulator::control::{self, Body, Control};
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::json_value::value_of;
use crate::knack::outcome::Outcome;

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "List the access keys of a running emulator, and the connection strings with them.",
    arguments: control::arguments![],
    connects: false,
    confirms: false,
    examples: &[
        Example { name: "List the access keys", command: "{}" },
        Example {
            name: "Print the connection string with the secondary key",
            command: "{} --query secondaryConnectionString -o tsv",
        },
    ],
    run: |invocation| {
        let keys = Control::find(invocation)?.post("/emulator/list-keys", Body::Nothing)?;
        Ok(Outcome::of(value_of(keys)).columns(COLUMNS))
    },
};
