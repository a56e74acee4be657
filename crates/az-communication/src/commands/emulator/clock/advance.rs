//! `emulator clock advance DURATION`.

use acs_identity_protocol::duration::parse_duration_with_unit;
use serde_json::json;

use super::change;
use crate::commands::emulator::control::{self, Body};
use crate::knack::argument::{Argument, Arity};
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::variables::Given;

const DURATION: Argument =
    Argument::new(&["DURATION"], "How far to move the clock: 2h, 1h30m, P1D, or -1d to go back.")
        .arity(Arity::Positional)
        .required()
        .extension();

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "Move the clock of a running emulator forward or back.\n\nA frozen clock stays frozen. When the clock is \
        moved back, revoked tokens stay revoked, and tokens of the future are not valid until then.",
    arguments: control::arguments![DURATION],
    connects: false,
    confirms: false,
    examples: &[
        Example { name: "Let the tokens of a day expire", command: "{} 24h" },
        Example { name: "Go back by a day", command: "{} -1d" },
    ],
    run: |invocation| {
        let given = Given { value: invocation.required(&DURATION)?.to_owned(), named_by: DURATION.key().to_owned() };
        if parse_duration_with_unit(&given.value).is_none() {
            return Err(given.is_not("a duration with a unit").hint("Example: 2h, 1h30m, P1D, or -1d to go back."));
        }
        change(invocation, "advance", Body::Json(&json!({"by": given.value})))
    },
};
