//! `teams-extension assignment update`.

use crate::commands::assignment::{self, CLIENTS, OBJECT, TEAMS_KIND, TEAMS_VERSION, TENANT};
use crate::knack::command_table::{CommandSpec, Example};
use crate::service::access::Access;

pub(crate) const SPEC: CommandSpec = assignment::spec(
    "Change the assignment of a Teams user or resource account. Properties that are not given stay unchanged.",
    &[TENANT.required(), OBJECT, TEAMS_KIND, CLIENTS, TEAMS_VERSION],
    &[Example {
        name: "Change the applications",
        command: "{} --tenant TENANT_ID --object-id OBJECT_ID --client-ids CLIENT_ID OTHER_CLIENT_ID",
    }],
    |invocation| assignment::update(invocation, Access::TeamsExtension),
);
