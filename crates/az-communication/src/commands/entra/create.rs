//! `entra assignment create`.

use crate::commands::assignment::{self, CLIENTS, ENTRA_KIND, ENTRA_VERSION, OBJECT, TENANT};
use crate::knack::command_table::{CommandSpec, Example};
use crate::service::access::Access;

pub(crate) const SPEC: CommandSpec = assignment::spec(
    "Grant access to a user, a group or a whole tenant.",
    &[TENANT.required(), OBJECT, ENTRA_KIND.required(), CLIENTS.required(), ENTRA_VERSION],
    &[Example {
        name: "Grant a group access through an application",
        command: "{} --tenant TENANT_ID --object-id OBJECT_ID --principal-type group --client-ids CLIENT_ID",
    }],
    |invocation| assignment::create(invocation, Access::Entra),
);
