//! `emulator identity show`.

use acs_identity_protocol::raw_id::encode_path_segment;

use super::COLUMNS;
use crate::commands::emulator::control::{self, Control};
use crate::knack::argument::Argument;
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::json_value::value_of;
use crate::knack::outcome::Outcome;

const ID: Argument = Argument::new(&["--id"], "Raw id or custom id of the identity.").required().extension();

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "Show an identity of a running emulator: its custom id, when it was created, when its last token was \
        issued, and whether tokens were revoked.",
    arguments: control::arguments![ID],
    connects: false,
    confirms: false,
    examples: &[Example { name: "Show the identity with a custom id", command: "{} --id alice@contoso.com" }],
    run: |invocation| {
        let id = encode_path_segment(invocation.required(&ID)?);
        let identity = Control::find(invocation)?.get(&format!("/emulator/identities/{id}"))?;
        Ok(Outcome::of(value_of(identity)).columns(COLUMNS).foreign())
    },
};
