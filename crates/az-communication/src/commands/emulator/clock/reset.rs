//! `emulator clock reset`.

use super::change;
use crate::commands::emulator::control::{self, Body};
use crate::knack::command_table::{CommandSpec, Example};

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "Make the clock of a running emulator show the time of its machine again.\n\nThe clock runs then. Revoked \
        tokens stay revoked. Tokens that were issued with a later time are not valid until then.",
    arguments: control::arguments![],
    connects: false,
    confirms: false,
    examples: &[Example { name: "Show the time of the machine again", command: "{}" }],
    run: |invocation| change(invocation, "reset", Body::Nothing),
};
