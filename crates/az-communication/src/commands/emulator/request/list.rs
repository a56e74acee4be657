//! `emulator request list`.

use super::{ALL, COLUMNS, IDENTITY, LAST, OPERATION, PATH, STATUS, control};
use crate::commands::emulator::control::{self as steering, Control, with_query};
use crate::knack::argument::Argument;
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::json_value::value_of;
use crate::knack::outcome::Outcome;
use crate::knack::values::options::number;

const HOW_MANY: Argument = LAST.default("50");

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "List the last requests of a running emulator, and why they were refused.\n\nThe emulator keeps the last \
        10,000 requests; those of the control API are shown with --all. For a refused signature, `signature` has the string that the client should have signed and, \
        if it is known, the mistake that gives the signature that was sent. The list contains no key, token or \
        signature.",
    arguments: steering::arguments![STATUS, OPERATION, IDENTITY, ALL, HOW_MANY],
    connects: false,
    confirms: false,
    examples: &[
        Example { name: "List the last requests as a table", command: "{} -o table" },
        Example {
            name: "Show why requests were refused",
            command: "{} --status 4xx --query \"[].[status, path, code, reason]\" -o tsv",
        },
        Example { name: "List the requests about an identity", command: "{} --identity 8:acs:xxxxxx --last 10" },
    ],
    run: |invocation| {
        let last = number(invocation, &LAST, &(1..=10_000))?;
        let last = last.map(|last: u32| last.to_string());
        let parameters = [
            ("status", invocation.given(&STATUS)),
            ("operation", invocation.given(&OPERATION)),
            ("control", control(invocation)),
            ("identity", invocation.given(&IDENTITY)),
            ("last", last.as_deref()),
        ];
        let mut answer = Control::find(invocation)?.get_large(&with_query(PATH, &parameters))?;
        Ok(Outcome::of(value_of(answer["value"].take())).columns(COLUMNS).foreign())
    },
};
