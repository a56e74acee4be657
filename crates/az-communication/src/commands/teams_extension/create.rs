//! `teams-extension assignment create`.

use crate::commands::assignment::{self, OBJECT, TEAMS_CLIENTS, TEAMS_KIND, TEAMS_VERSION, TENANT};
use crate::knack::command_table::{CommandSpec, Example};
use crate::service::access::Access;

pub(crate) const SPEC: CommandSpec = assignment::spec(
    "Let a Teams user or resource account in.",
    &[TENANT.required(), OBJECT, TEAMS_KIND.required(), TEAMS_CLIENTS, TEAMS_VERSION],
    &[Example {
        name: "Let a Teams user in through an application",
        command: "{} --tenant TENANT_ID --object-id OBJECT_ID --principal-type user --client-ids CLIENT_ID",
    }],
    |invocation| assignment::create(invocation, Access::TeamsExtension),
);
