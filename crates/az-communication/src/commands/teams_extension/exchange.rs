//! `teams-extension exchange`.

use crate::commands::assignment::{self, ENTRA_TOKEN, TEAMS_VERSION};
use crate::knack::command_table::{CommandSpec, Example};
use crate::service::access::Access;

pub(crate) const SPEC: CommandSpec = assignment::spec(
    "Exchange the Entra token of a Teams user with an assignment for an access token.\n\nThe token must contain the \
     permission TeamsExtension.ManageCalls.",
    &[ENTRA_TOKEN, TEAMS_VERSION],
    &[Example { name: "Exchange a token", command: "{} --entra-token \"$TOKEN\"" }],
    |invocation| assignment::exchange(invocation, Access::TeamsExtension),
);
