//! `token revoke`.

use crate::commands::arguments::USER;
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::globals::YES;
use crate::knack::outcome::Outcome;
use crate::service::calls::Service;

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "Revokes all access tokens for the specific ACS Identity.",
    arguments: &[USER, YES],
    connects: true,
    confirms: true,
    examples: &[Example { name: "Revoke access tokens", command: "{} --user \"8:acs:xxxxxx\"" }],
    run: |invocation| {
        let user = invocation.required(&USER)?;
        Service::of(invocation)?.revoke_tokens(user)?;
        Ok(Outcome::nothing())
    },
};
