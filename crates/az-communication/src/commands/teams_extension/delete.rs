//! `teams-extension assignment delete`.

use crate::commands::assignment::{self, OBJECT, TEAMS_VERSION, TENANT};
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::globals::YES;
use crate::service::access::Access;

pub(crate) const SPEC: CommandSpec = CommandSpec {
    confirms: true,
    ..assignment::spec(
        "Remove the assignment of a Teams user or resource account.",
        &[TENANT.required(), OBJECT, TEAMS_VERSION, YES],
        &[Example { name: "Remove an assignment", command: "{} --tenant TENANT_ID --object-id OBJECT_ID" }],
        |invocation| assignment::delete(invocation, Access::TeamsExtension),
    )
};
