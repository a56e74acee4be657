//! `entra assignment list`.

use crate::commands::assignment::{self, ENTRA_VERSION};
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::outcome::Outcome;
use crate::service::access::Access;

pub(crate) const SPEC: CommandSpec = assignment::spec(
    "List the Entra assignments.",
    &[ENTRA_VERSION],
    &[Example { name: "List the assignments", command: "{} --output table" }],
    |invocation| Ok(Outcome::of(assignment::service(invocation, Access::Entra)?.list_entra_assignments()?)),
);
