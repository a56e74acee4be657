//! `emulator clock set TIME`.

use serde_json::json;

use super::change;
use crate::commands::emulator::control::{self, Body};
use crate::commands::emulator::options::clock_time;
use crate::knack::argument::{Argument, Arity};
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::variables::Given;

const TIME: Argument = Argument::new(&["TIME"], "Time of RFC 3339, from 1970 to 2261: 2030-01-31T09:00:00Z.")
    .arity(Arity::Positional)
    .required()
    .extension();

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "Set the clock of a running emulator.\n\nThe clock runs on from this time. A frozen clock stays frozen. \
        When the clock is set back, revoked tokens stay revoked, and tokens of the future are not valid until then.",
    arguments: control::arguments![TIME],
    connects: false,
    confirms: false,
    examples: &[Example { name: "Go to a day in the future", command: "{} 2030-01-31T09:00:00Z" }],
    run: |invocation| {
        let given = Given { value: invocation.required(&TIME)?.to_owned(), named_by: TIME.key().to_owned() };
        clock_time::parse(&given)?;
        change(invocation, "set", Body::Json(&json!({"now": given.value})))
    },
};
