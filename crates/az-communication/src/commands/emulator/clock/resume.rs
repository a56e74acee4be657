//! `emulator clock resume`.

use super::change;
use crate::commands::emulator::control::{self, Body};
use crate::knack::command_table::{CommandSpec, Example};

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "Let the clock of a running emulator run again.\n\nThe clock runs on from the time that it shows.",
    arguments: control::arguments![],
    connects: false,
    confirms: false,
    examples: &[Example { name: "Let a frozen clock run again", command: "{}" }],
    run: |invocation| change(invocation, "resume", Body::Nothing),
};
