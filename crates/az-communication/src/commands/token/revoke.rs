//! `token revoke`.

use crate::commands::arguments::{USER, YES};
use crate::knack::command_table::{Example, Verb};
use crate::service::calls::Service;

pub(crate) const VERB: Verb = Verb {
    summary: "Revokes all access tokens for the specific ACS Identity.",
    arguments: &[USER, YES],
    connects: true,
    confirms: true,
    examples: &[Example { name: "Revoke access tokens", command: "{} --user \"8:acs:xxxxxx\"" }],
    run: |invocation| {
        let user = invocation.required("--user")?;
        Service::of(invocation)?.revoke_tokens(user)?;
        Ok(None)
    },
};
