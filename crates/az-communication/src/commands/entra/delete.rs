//! `entra assignment delete`.

use crate::commands::assignment::{self, ENTRA_VERSION, OBJECT};
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::globals::YES;
use crate::service::access::Access;

pub(crate) const SPEC: CommandSpec = CommandSpec {
    confirms: true,
    ..assignment::spec(
        "Remove the assignment of a user, a group or a tenant.",
        &[OBJECT, ENTRA_VERSION, YES],
        &[Example { name: "Remove an assignment", command: "{} --object-id OBJECT_ID" }],
        |invocation| assignment::delete(invocation, Access::Entra),
    )
};
