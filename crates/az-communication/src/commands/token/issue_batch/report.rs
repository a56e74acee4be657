//! The warnings and the result of a run.

use super::choice::Choice;
use super::wanted::Wanted;
use crate::batch::{self, Plan, Record, State, Summary, count};
use crate::knack::invocation::Invocation;
use crate::knack::outcome::Outcome;
use crate::report::printer::Level;
use crate::service::answer::object;

/// Warns about repeated requests. As in the reference, a request for a token of an existing user is repeated after an
/// error of the service.
pub(super) fn warn_of_repeated(invocation: &Invocation<'_>, repeated: usize) {
    if repeated > 0 {
        let what = if repeated == 1 { "1 request was" } else { &format!("{repeated} requests were") };
        invocation.printer.warning(&format!(
            "{what} sent again after an answer that did not rule out success. Such a user may have one more token \
             than the record."
        ));
    }
}

pub(super) fn lost_in_words(lost: usize) -> String {
    let users = if lost == 1 { "1 user was".to_owned() } else { format!("{lost} users were") };
    format!(
        "It is not known whether {users} created, because an earlier run ended before it recorded the outcome. The \
         record says so. They count as created, and no request is sent again for them."
    )
}

/// Warns about requests that are sent again and about expired tokens.
pub(super) fn warn(
    invocation: &Invocation<'_>,
    out_file: &str,
    choice: &Choice<'_>,
    wanted: &Wanted,
    state: &State,
    plan: &Plan,
) {
    let printer = &invocation.printer;
    let again = plan.tasks.iter().filter(|task| state.is_open(&task.subject)).count();
    if again > 0 {
        printer.warning(&batch::sent_again(again, "Such a user may have one more token than the record."));
    }
    if choice.refresh.is_some() {
        return;
    }
    let expired = wanted.served(state).into_iter().filter(|user| state.expires_before(user, choice.now)).count();
    if expired > 0 {
        let tokens = if expired == 1 { "1 token has".to_owned() } else { format!("{expired} tokens have") };
        printer.warning(&format!(
            "In {out_file}, {tokens} expired. Renew expired tokens with --refresh 0, or --refresh 1h."
        ));
    }
}

/// The state of the record before the run.
pub(super) struct Before {
    pub(super) planned: usize,
    pub(super) renewals: usize,
    pub(super) state: State,
}

pub(super) fn result(
    invocation: &Invocation<'_>,
    out_file: &str,
    wanted: &Wanted,
    before: &Before,
    summary: Summary,
    record: &Record,
) -> Outcome {
    let skipped = match wanted {
        Wanted::New(count) => {
            let without_token = before.state.users_without_tokens().count();
            (*count).min(before.state.created()).saturating_sub(before.renewals + without_token)
        }
        Wanted::Listed(list) => list.items.len().saturating_sub(before.planned),
        Wanted::Named(list) => list.items.len().saturating_sub(before.planned.saturating_add(before.state.unknown())),
    };
    let unknown = before.state.unknown() + summary.unknown;
    if matches!(record, Record::Stdout) {
        if invocation.printer.shows(Level::Warning) {
            let (issued, failed) = (summary.done, summary.failed);
            invocation.printer.lines(&format!("{issued} issued, {failed} failed, {unknown} unknown\n"));
        }
        return Outcome::nothing();
    }
    let result = object([
        ("issued", count(summary.done)),
        ("renewed", count(summary.renewed)),
        ("skipped", count(skipped)),
        ("failed", count(summary.failed)),
        ("unknown", count(unknown)),
        ("seconds", summary.seconds()),
        ("file", out_file.into()),
    ]);
    Outcome::of(result).columns(&["issued", "renewed", "skipped", "failed", "unknown", "seconds", "file"])
}
