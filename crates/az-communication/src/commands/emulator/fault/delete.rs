//! `emulator fault delete`.

use acs_identity_protocol::raw_id::encode_path_segment;

use azure_core::http::Method;

use super::PATH;
use crate::commands::emulator::control::{self, Body, Control};
use crate::knack::argument::{Argument, Arity};
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::outcome::Outcome;

const FAULT: Argument = Argument::new(&["ID"], "Id of the fault, as `fault list` shows it.")
    .arity(Arity::Positional)
    .required()
    .extension();

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "Delete a fault of a running emulator.",
    arguments: control::arguments![FAULT],
    connects: false,
    confirms: false,
    examples: &[Example { name: "Delete a fault", command: "{} 1" }],
    run: |invocation| {
        let path = format!("{PATH}/{}", encode_path_segment(invocation.required(&FAULT)?));
        Control::find(invocation)?.send(Method::Delete, &path, Body::Nothing)?;
        Ok(Outcome::nothing())
    },
};
