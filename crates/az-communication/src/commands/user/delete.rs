//! `user delete`.

use crate::commands::arguments::USER;
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::globals::YES;
use crate::knack::outcome::Outcome;
use crate::service::calls::Service;
use crate::service::ledger::Event;
use crate::service::ledger::Ledger;

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "Deletes an existing ACS Identity, revokes all tokens for that ACS Identity and deletes all associated \
        data.",
    arguments: &[USER, YES],
    connects: true,
    confirms: true,
    examples: &[Example { name: "Delete ACS user", command: "{} --user \"8:acs:xxxxxx\"" }],
    run: |invocation| {
        let user = invocation.required(&USER)?;
        let service = Service::of(invocation)?;
        let ledger = Ledger::of(invocation, &service)?;
        service.delete_user(user)?;
        let noted = ledger.map_or(Ok(()), |ledger| ledger.note(Event::Deleted, user, None));
        Ok(Outcome::nothing().exit_code(invocation.report(noted)))
    },
};
