//! `emulator key regenerate`.

use serde_json::json;

use super::ask;
use crate::commands::emulator::control::{self, Body, Control};
use crate::knack::argument::Argument;
use crate::knack::command_table::{CommandSpec, Example};

const KEY_TYPE: Argument = Argument::new(&["--key-type"], "Which of the two keys to regenerate.")
    .choices(&["Primary", "Secondary"])
    .required()
    .extension();

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "Regenerate an access key of a running emulator.\n\nThe former key no longer signs requests, and the \
        tokens that were issued with it are revoked. Tokens that were issued with the other key stay valid.",
    arguments: control::arguments![KEY_TYPE],
    connects: false,
    confirms: false,
    examples: &[Example { name: "Regenerate the secondary key", command: "{} --key-type Secondary" }],
    run: |invocation| {
        let wanted = json!({"keyType": invocation.required(&KEY_TYPE)?});
        let control = Control::find(invocation)?;
        ask(&control, "/emulator/regenerate-key", Body::Json(&wanted))
    },
};
