//! `user delete`.

use crate::commands::arguments::{USER, YES};
use crate::knack::command_table::{Example, Verb};
use crate::service::calls::Service;
use crate::service::ledger::Event;
use crate::service::ledger::Ledger;

pub(crate) const VERB: Verb = Verb {
    summary: "Deletes an existing ACS Identity, revokes all tokens for that ACS Identity and deletes all associated \
        data.",
    arguments: &[USER, YES],
    connects: true,
    confirms: true,
    examples: &[Example { name: "Delete ACS user", command: "{} --user \"8:acs:xxxxxx\"" }],
    run: |invocation| {
        let user = invocation.required("--user")?;
        let service = Service::of(invocation)?;
        let ledger = Ledger::of(invocation, &service)?;
        service.delete_user(user)?;
        if let Some(ledger) = ledger {
            invocation.report(ledger.note(Event::Deleted, user, None));
        }
        Ok(None)
    },
};
