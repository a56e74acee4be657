//! `user delete`.

use super::{USER, YES};
use crate::cli::table::{Example, Verb};

pub(super) const VERB: Verb = Verb {
    summary: "Deletes an existing ACS Identity, revokes all tokens for that ACS Identity and deletes all associated \
        data.",
    arguments: &[USER, YES],
    connects: true,
    confirms: true,
    examples: &[Example { name: "Delete ACS user", command: "{} --user \"8:acs:xxxxxx\"" }],
    run: |invocation| {
        let user = invocation.required("--user")?;
        invocation.service()?.delete_user(user)?;
        Ok(None)
    },
};
