//! `teams-extension assignment create`.

use crate::commands::assignment::{self, OBJECT, TEAMS_CLIENTS, TEAMS_KIND, TEAMS_VERSION, TENANT};
use crate::knack::command_table::{CommandSpec, Example};
use crate::service::access::Access;

pub(crate) const SPEC: CommandSpec = assignment::spec(
    "Grant access to a Teams user or resource account.",
    &[TENANT.required(), OBJECT, TEAMS_KIND.required(), TEAMS_CLIENTS, TEAMS_VERSION],
    &[Example {
        name: "Grant a Teams user access through an application",
        command: "{} --tenant TENANT_ID --object-id OBJECT_ID --principal-type user --client-ids CLIENT_ID",
    }],
    |invocation| assignment::create(invocation, Access::TeamsExtension),
);
