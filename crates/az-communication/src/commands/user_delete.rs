//! `user delete`.

use super::{USER, YES};
use crate::cli::table::{Example, Verb};
use crate::ledger::Event;

pub(super) const VERB: Verb = Verb {
    summary: "Deletes an existing ACS Identity, revokes all tokens for that ACS Identity and deletes all associated \
        data.",
    arguments: &[USER, YES],
    connects: true,
    confirms: true,
    examples: &[Example { name: "Delete ACS user", command: "{} --user \"8:acs:xxxxxx\"" }],
    run: |invocation| {
        let user = invocation.required("--user")?;
        let service = invocation.service()?;
        let ledger = invocation.ledger(&service)?;
        service.delete_user(user)?;
        if let Some(ledger) = ledger {
            invocation.report(ledger.note(Event::Deleted, user, None));
        }
        Ok(None)
    },
};
