//! `emulator reset`: deletes the identities and the assignments of a running emulator.

use crate::commands::emulator::control::{self, Body, Control};
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::globals::YES;
use crate::knack::outcome::Outcome;

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "Delete all identities and assignments of a running emulator.\n\nThe id of the resource, the access keys, \
        the certificates and the clock stay, so connection strings remain valid. The tokens of the deleted identities \
        are no longer active. The log of requests and the faults are cleared.",
    arguments: control::arguments![YES],
    connects: false,
    confirms: true,
    examples: &[Example { name: "Empty the emulator before a test", command: "{} --yes" }],
    run: |invocation| {
        Control::find(invocation)?.post("/emulator/reset", Body::Nothing)?;
        Ok(Outcome::nothing())
    },
};
