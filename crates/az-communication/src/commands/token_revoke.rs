//! `token revoke`.

use super::{USER, YES};
use crate::cli::table::{Example, Verb};

pub(super) const VERB: Verb = Verb {
    summary: "Revokes all access tokens for the specific ACS Identity.",
    arguments: &[USER, YES],
    connects: true,
    confirms: true,
    examples: &[Example { name: "Revoke access tokens", command: "{} --user \"8:acs:xxxxxx\"" }],
    run: |invocation| {
        let user = invocation.required("--user")?;
        invocation.service()?.revoke_tokens(user)?;
        Ok(None)
    },
};
