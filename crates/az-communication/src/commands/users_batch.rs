//! `token revoke-batch` and `user delete-batch`.

use pyjmespath::Value;
use serde_json::json;

use super::batch::{self, Batch, CONCURRENCY, Record, USERS_FROM};
use super::{Invocation, YES};
use crate::cli::table::{Argument, Completion, Example, Verb};
use crate::client::{Failure, Service, ServiceErrorKind, object};
use crate::error::CliError;

const OUT_FILE: Argument = Argument::new(
    &["--out-file"],
    "File to record the users that are done, so that the command goes on where it stopped when it is started again.",
)
.completion(Completion::File)
.extension();

const ARGUMENTS: &[Argument] = &[USERS_FROM.required(), OUT_FILE, CONCURRENCY, YES];

/// `token revoke-batch`.
pub(super) const REVOKE: Verb = Verb {
    summary: "Revoke all access tokens of many users.",
    arguments: ARGUMENTS,
    connects: true,
    confirms: false,
    examples: &[Example {
        name: "Revoke the tokens that `issue-batch` wrote",
        command: "{} --users-from tokens.jsonl",
    }],
    run: |invocation| {
        run(invocation, "revoked", "Revoke all access tokens of", |service, user| service.revoke_tokens(user))
    },
};

/// `user delete-batch`.
pub(super) const DELETE: Verb = Verb {
    summary: "Delete many users, revoke their access tokens and delete all associated data.",
    arguments: ARGUMENTS,
    connects: true,
    confirms: false,
    examples: &[Example { name: "Delete listed users", command: "{} --users-from users.txt --out-file deleted.jsonl" }],
    run: |invocation| {
        run(invocation, "deleted", "Delete", |service, user| match service.delete_user(user) {
            // A run before this one did, and did not come to record it.
            Err(failure) if failure.service().is_some_and(|error| error.kind == ServiceErrorKind::NotFound) => Ok(()),
            result => result,
        })
    },
};

fn run(
    invocation: &Invocation<'_>,
    verb: &'static str,
    question: &str,
    work: fn(&Service, &str) -> Result<(), Failure>,
) -> Result<Option<Value>, CliError> {
    let concurrency = batch::concurrency(invocation)?;
    let users = batch::users(invocation.required("--users-from")?)?;
    let service = invocation.service()?;
    let (record, done) = match invocation.given("--out-file") {
        Some(path) => Record::open(path.as_ref()).map(|(record, done)| (Some(record), done))?,
        None => (None, Default::default()),
    };
    let total = users.len();
    let items: Vec<Option<String>> = users.into_iter().filter(|user| !done.contains(user)).map(Some).collect();
    if !items.is_empty() {
        let noun = if items.len() == 1 { "user" } else { "users" };
        invocation.confirm(&format!("{question} {} {noun}?", items.len()))?;
    }
    let batch = Batch { verb, items, concurrency, record: record.as_ref() };
    let summary = batch::run(invocation, &batch, |user| {
        let user = user.unwrap_or_default();
        work(&service, user).map(|()| json!({"user_id": user}))
    })?;
    Ok(Some(object(summary.members(total))))
}
