//! `entra assignment show`.

use crate::commands::assignment::{self, ENTRA_VERSION, OBJECT};
use crate::knack::command_table::{CommandSpec, Example};
use crate::service::access::Access;

pub(crate) const SPEC: CommandSpec = assignment::spec(
    "Show the assignment of a user, a group or a tenant.",
    &[OBJECT, ENTRA_VERSION],
    &[Example { name: "Show an assignment", command: "{} --object-id OBJECT_ID" }],
    |invocation| assignment::show(invocation, Access::Entra),
);
