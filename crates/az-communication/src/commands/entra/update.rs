//! `entra assignment update`.

use crate::commands::assignment::{self, CLIENTS, ENTRA_KIND, ENTRA_VERSION, OBJECT, TENANT};
use crate::knack::command_table::{CommandSpec, Example};
use crate::service::access::Access;

pub(crate) const SPEC: CommandSpec = assignment::spec(
    "Change the assignment of a user, a group or a tenant. Properties that are not given stay unchanged.",
    &[TENANT, OBJECT, ENTRA_KIND, CLIENTS, ENTRA_VERSION],
    &[Example { name: "Change the applications", command: "{} --object-id OBJECT_ID --client-ids CLIENT_ID" }],
    |invocation| assignment::update(invocation, Access::Entra),
);
