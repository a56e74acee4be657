//! `teams-extension assignment show`.

use crate::commands::assignment::{self, OBJECT, TEAMS_VERSION, TENANT};
use crate::knack::command_table::{CommandSpec, Example};
use crate::service::access::Access;

pub(crate) const SPEC: CommandSpec = assignment::spec(
    "Show the assignment of a Teams user or resource account.",
    &[TENANT.required(), OBJECT, TEAMS_VERSION],
    &[Example { name: "Show an assignment", command: "{} --tenant TENANT_ID --object-id OBJECT_ID" }],
    |invocation| assignment::show(invocation, Access::TeamsExtension),
);
