//! `token revoke-batch` and `user delete-batch`.

use std::sync::Arc;

use crate::batch::{
    self, Batch, CONCURRENCY, Found, Header, Operation, Plan, Record, RequestOutcome, Subject, USERS_FROM, count,
};
use crate::knack::argument::{Argument, Completion};
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::globals::YES;
use crate::knack::invocation::Invocation;
use crate::knack::outcome::Outcome;
use crate::report::error::CliError;
use crate::report::printer::Level;
use crate::service::answer::object;
use crate::service::calls::Service;
use crate::service::failure::{Failure, ServiceErrorKind};
use crate::service::ledger::Ledger;

const OUT_FILE: Argument = Argument::new(
    &["--out-file"],
    "File for a record of the outcomes, or - for stdout. With a file, run the command again to resume.",
)
.completion(Completion::File)
.extension();

const ARGUMENTS: &[Argument] = &[USERS_FROM.required(), OUT_FILE, CONCURRENCY, YES];

/// `token revoke-batch`.
pub(crate) const REVOKE: CommandSpec = CommandSpec {
    summary: "Revoke all access tokens of many users.\n\nUsers who do not exist have no tokens. They are counted \
        separately, as gone.",
    arguments: ARGUMENTS,
    connects: true,
    confirms: false,
    examples: &[Example {
        name: "Revoke the tokens that `issue-batch` wrote",
        command: "{} --users-from tokens.jsonl",
    }],
    run: |invocation| run(invocation, Operation::Revoke, "Revoke all access tokens of"),
};

/// `user delete-batch`.
pub(crate) const DELETE: CommandSpec = CommandSpec {
    summary: "Delete many users, revoke their access tokens and delete all associated data.\n\nUsers who do not exist \
        are counted separately, as gone.",
    arguments: ARGUMENTS,
    connects: true,
    confirms: false,
    examples: &[Example { name: "Delete listed users", command: "{} --users-from users.txt --out-file deleted.jsonl" }],
    run: |invocation| run(invocation, Operation::Delete, "Delete"),
};

fn run(invocation: &Invocation<'_>, operation: Operation, question: &str) -> Result<Outcome, CliError> {
    let concurrency = batch::concurrency(invocation)?;
    let users = batch::users(invocation.required(&USERS_FROM)?)?;
    let service = Service::of(invocation)?;
    let connection = service.connection();
    let source = users.file.map(|file| (USERS_FROM.key(), file));
    let found = match invocation.given(&OUT_FILE) {
        Some(path) => {
            let header = Header {
                operation,
                scopes: Vec::new(),
                expires_in: None,
                host: connection.service(),
                key: connection.fingerprint(),
            };
            Some(Found::look(path, header, source)?)
        }
        None => None,
    };
    let total = users.items.len();
    let is_done = |user: &str| found.as_ref().is_some_and(|found| found.state.is_done(user));
    let subjects = users.items.into_iter().filter(|user| !is_done(user)).map(Subject::User);
    let plan = Plan { tasks: subjects.map(Into::into).collect(), ..Plan::default() };
    let planned = plan.len();
    if planned > 0 {
        let noun = if planned == 1 { "user" } else { "users" };
        invocation.confirm(&format!("{question} {planned} {noun}?"))?;
    }
    let ledger = match operation {
        Operation::Delete => Ledger::beside(invocation, &service, &batch::others(source, invocation.given(&OUT_FILE)))?,
        _ => None,
    };
    let record = found.map(Found::begin).transpose()?;
    if let Some((_, state, _)) = &record {
        let again = plan.tasks.iter().filter(|task| state.is_open(&task.subject)).count();
        if again > 0 {
            invocation.printer.warning(&batch::sent_again(again, "Repeating a request is harmless."));
        }
    }
    let record = record.map(|(record, ..)| Arc::new(record));
    let batch = Batch { operation, plan, concurrency, record: record.clone(), ledger };
    let summary = batch::run(invocation, batch, move |subject| match subject {
        Subject::User(user) => act(&service, operation, user),
        // A list contains ids of users, so these subjects do not occur.
        Subject::Named(_) | Subject::New { .. } => Ok(RequestOutcome::Unsent),
    })?;
    let skipped = total - planned;
    if matches!(record.as_deref(), Some(Record::Stdout)) {
        if invocation.printer.shows(Level::Warning) {
            let (verb, done, gone, failed) = (operation.verb(), summary.done, summary.gone, summary.failed);
            invocation.printer.lines(&format!("{done} {verb}, {gone} gone, {failed} failed\n"));
        }
        return Ok(Outcome::nothing().exit_code(summary.exit_code()));
    }
    let result = object([
        (operation.verb(), count(summary.done)),
        ("gone", count(summary.gone)),
        ("skipped", count(skipped)),
        ("failed", count(summary.failed)),
        ("seconds", summary.seconds()),
    ]);
    let columns: &[&str] = match operation {
        Operation::Delete => &["deleted", "gone", "skipped", "failed", "seconds"],
        _ => &["revoked", "gone", "skipped", "failed", "seconds"],
    };
    Ok(Outcome::of(result).columns(columns).exit_code(summary.exit_code()))
}

fn act(service: &Service, operation: Operation, user: &str) -> Result<RequestOutcome, Failure> {
    let (result, outcome) = match operation {
        Operation::Delete => (service.delete_user(user), RequestOutcome::Deleted),
        _ => (service.revoke_tokens(user), RequestOutcome::Revoked),
    };
    match result {
        Ok(()) => Ok(outcome),
        Err(failure) if failure.service().is_some_and(|error| error.kind == ServiceErrorKind::IdentityNotFound) => {
            Ok(RequestOutcome::Gone)
        }
        Err(failure) => Err(failure),
    }
}
