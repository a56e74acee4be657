//! `emulator key list`.

use super::ask;
use crate::commands::emulator::control::{self, Body, Control};
use crate::knack::command_table::{CommandSpec, Example};

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
        let control = Control::find(invocation)?;
        ask(&control, "/emulator/list-keys", Body::Nothing)
    },
};
