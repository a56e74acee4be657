//! `emulator clock freeze`.

use super::change;
use crate::commands::emulator::control::{self, Body};
use crate::knack::command_table::{CommandSpec, Example};

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "Stop the clock of a running emulator.\n\nAll tokens that are issued then have the same time. Nothing \
        waits for the clock: revoking and issuing work in any order. `clock advance` and `clock set` still move it.",
    arguments: control::arguments![],
    connects: false,
    confirms: false,
    examples: &[Example { name: "Stop the clock", command: "{}" }],
    run: |invocation| change(invocation, "freeze", Body::Nothing),
};
