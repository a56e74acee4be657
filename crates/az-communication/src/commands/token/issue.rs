//! `token issue`, and its former name `issue-access-token`.

use crate::commands::arguments::SCOPE;
use crate::commands::token::terms;
use crate::knack::argument::Argument;
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::invocation::Invocation;
use crate::knack::outcome::Outcome;
use crate::report::error::CliError;
use crate::service::answer::object;
use crate::service::calls::Service;
use crate::service::ledger::Event;
use crate::service::ledger::Ledger;

const SUMMARY: &str = "Issues a new access token with the specified scopes for a given User Identity. If no User \
    Identity is specified, creates a new User Identity as well.";

const USER: Argument = Argument::new(&["--user"], "ACS identifier.").not_empty();
const USERID: Argument = Argument::new(&["--userid", "-u"], "ACS identifier.").not_empty();

/// `token issue`.
pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: SUMMARY,
    arguments: &[SCOPE, USER, terms::EXPIRES_IN],
    connects: true,
    confirms: false,
    examples: &[
        Example { name: "Issue access token", command: "{} --scope chat" },
        Example {
            name: "Issue access token with multiple scopes and user",
            command: "{} --scope chat voip --user \"8:acs:xxxxxx\"",
        },
    ],
    run: |invocation| run(invocation, &USER),
};

/// `issue-access-token`.
pub(crate) const OLD_SPEC: CommandSpec = CommandSpec {
    arguments: &[Argument { options: &["--scope", "-s"], ..SCOPE }, USERID],
    examples: &[
        Example { name: "Issue access token", command: "{} --scope chat" },
        Example {
            name: "Issue access token with multiple scopes and user",
            command: "{} --scope chat voip --userid \"8:acs:xxxxxx\"",
        },
    ],
    run: |invocation| run(invocation, &USERID),
    ..SPEC
};

fn run(invocation: &Invocation<'_>, user_option: &Argument) -> Result<Outcome, CliError> {
    let scopes = invocation.arguments.list(&SCOPE);
    terms::warn_of_unknown_scopes(scopes, &invocation.printer);
    let minutes = terms::minutes(invocation)?;
    let service = Service::of(invocation)?;
    let ledger = if invocation.arguments.get(user_option).is_none() { Ledger::of(invocation, &service)? } else { None };
    let issued = match invocation.arguments.get(user_option) {
        Some(user) => service.issue_token(user, scopes, minutes)?,
        None => service.create_user_and_token(scopes, minutes).inspect_err(|failure| {
            if let (Some(ledger), Some(user)) = (&ledger, failure.created_user()) {
                // The exit code depends on the failure of the request, so this result is ignored.
                let _ = invocation.report(ledger.note(Event::Created, user, None));
            }
        })?,
    };
    let noted = ledger.map_or(Ok(()), |ledger| ledger.note(Event::Created, &issued.user, None));
    let exit_code = invocation.report(noted);
    terms::warn_of_other_scopes(&issued.token, scopes, &invocation.printer);
    let (user, token, expires_on) = (issued.user, issued.token, issued.expires_on);
    Ok(Outcome::of(object([("user_id", user.into()), ("token", token.into()), ("expires_on", expires_on.into())]))
        .exit_code(exit_code))
}
