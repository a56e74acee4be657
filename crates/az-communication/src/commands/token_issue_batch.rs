//! `token issue-batch`.

use pyjmespath::Value;
use serde_json::json;

use super::batch::{self, Batch, CONCURRENCY, Record, USERS_FROM};
use super::{Invocation, SCOPE, token_request};
use crate::cli::table::{Argument, Completion, Example, Verb};
use crate::client::object;
use crate::error::CliError;
use crate::exit_code::ExitCode;

/// More than the service gives in a day; a slip of the finger, most likely.
const MAX_COUNT: usize = 10_000_000;

pub(super) const VERB: Verb = Verb {
    summary: "Issue access tokens for many users.\n\nEach token is a line of JSON in a file that only you may read, with \
        the members user_id, token and expires_on. Interrupted and started again, the command goes on where it stopped: \
        a listed user that has a line gets no other one. Where the service asks to wait, all requests wait.",
    arguments: &[
        SCOPE,
        Argument::new(&["--count"], "How many new users to create, each with a token.").extension(),
        USERS_FROM,
        Argument::new(&["--out-file"], "File of the tokens.").required().completion(Completion::File).extension(),
        CONCURRENCY,
        token_request::EXPIRES_IN,
    ],
    connects: true,
    confirms: false,
    examples: &[
        Example {
            name: "Create 100 users with a token each",
            command: "{} --scope chat --count 100 --out-file tokens.jsonl",
        },
        Example {
            name: "Issue tokens of an hour for listed users",
            command: "{} --scope voip --users-from users.txt --expires-in 1h --out-file tokens.jsonl",
        },
    ],
    run,
};

fn run(invocation: &Invocation<'_>) -> Result<Option<Value>, CliError> {
    let scopes = invocation.arguments.list("--scope");
    token_request::warn_of_unknown_scopes(scopes, &invocation.printer);
    let minutes = token_request::minutes(invocation)?;
    let concurrency = batch::concurrency(invocation)?;
    let wanted = wanted(invocation)?;
    let service = invocation.service()?;
    let out_file = invocation.required("--out-file")?;
    let (record, done) = Record::open(out_file.as_ref())?;
    let total = wanted.len();
    let items: Vec<Option<String>> = match &wanted {
        Wanted::New(count) => vec![None; count.saturating_sub(done.len())],
        Wanted::Listed(users) => users.iter().filter(|user| !done.contains(*user)).cloned().map(Some).collect(),
    };
    let batch = Batch { verb: "issued", items, concurrency, record: Some(&record) };
    let summary = batch::run(invocation, &batch, |user| {
        let issued = match user {
            Some(user) => service.issue_token(user, scopes, minutes)?,
            None => service.create_user_and_token(scopes, minutes)?,
        };
        Ok(json!({"user_id": issued.user, "token": issued.token, "expires_on": issued.expires_on}))
    })?;
    let [issued, skipped, failed, seconds] = summary.members(total);
    Ok(Some(object([("file", out_file.into()), issued, skipped, failed, seconds])))
}

enum Wanted {
    New(usize),
    Listed(Vec<String>),
}

impl Wanted {
    fn len(&self) -> usize {
        match self {
            Self::New(count) => *count,
            Self::Listed(users) => users.len(),
        }
    }
}

fn wanted(invocation: &Invocation<'_>) -> Result<Wanted, CliError> {
    match (invocation.given("--count"), invocation.given("--users-from")) {
        (Some(text), None) => {
            let count = text.parse().ok().filter(|count| (1..=MAX_COUNT).contains(count));
            count.map(Wanted::New).ok_or_else(|| {
                CliError::new(format!("--count is no number from 1 to {MAX_COUNT}: '{text}'."))
                    .exit_code(ExitCode::Usage)
            })
        }
        (None, Some(source)) => batch::users(source).map(Wanted::Listed),
        _ => Err(CliError::new("Give either --count or --users-from.").exit_code(ExitCode::Usage)),
    }
}
