//! `emulator request clear`.

use azure_core::http::Method;

use super::PATH;
use crate::commands::emulator::control::{self, Body, Control};
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::outcome::Outcome;

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "Remove all requests from the log of a running emulator.",
    arguments: control::arguments![],
    connects: false,
    confirms: false,
    examples: &[Example { name: "Clear the log before a test", command: "{}" }],
    run: |invocation| {
        Control::find(invocation)?.send(Method::Delete, PATH, Body::Nothing)?;
        Ok(Outcome::nothing())
    },
};
