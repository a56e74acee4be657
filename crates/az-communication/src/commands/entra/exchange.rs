//! `entra exchange`.

use crate::commands::assignment::{self, ENTRA_TOKEN, ENTRA_VERSION};
use crate::knack::command_table::{CommandSpec, Example};
use crate::service::access::Access;

pub(crate) const SPEC: CommandSpec = assignment::spec(
    "Exchange the Entra token of a user with an assignment for an access token.\n\nThe token must be for \
     https://communication.azure.com/clients. Its permissions become the scopes.",
    &[ENTRA_TOKEN, ENTRA_VERSION],
    &[Example { name: "Exchange a token", command: "{} --entra-token \"$TOKEN\"" }],
    |invocation| assignment::exchange(invocation, Access::Entra),
);
