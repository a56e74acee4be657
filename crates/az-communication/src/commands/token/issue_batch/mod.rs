//! `token issue-batch`.

mod choice;
mod report;
mod wanted;

use std::sync::Arc;

use acs_identity_protocol::api_version::{ApiVersion, CLI_DEFAULT};
use time::{Duration, OffsetDateTime};

use choice::Choice;
use report::Before;
use wanted::{COUNT, NAMES_FROM, WHOM, Wanted};

use crate::batch::{self, Batch, CONCURRENCY, Found, Header, Operation, RequestOutcome, Subject, USERS_FROM};
use crate::commands::arguments::{API_VERSION, SCOPE};
use crate::commands::token::terms;
use crate::commands::user::create::{CUSTOM_IDS, version_with_custom_ids};
use crate::knack::argument::{Argument, Completion};
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::invocation::Invocation;
use crate::knack::outcome::Outcome;
use crate::knack::values::duration::Durations;
use crate::knack::values::options::duration;
use crate::report::error::CliError;
use crate::report::exit_code::ExitCode;
use crate::service::calls::Service;
use crate::service::failure::Failure;
use crate::service::ledger::Ledger;

const OUT_FILE: Argument = Argument::new(&["--out-file"], "File for the tokens, or - for stdout.")
    .required()
    .completion(Completion::File)
    .extension();
const REFRESH: Argument = Argument::new(
    &["--refresh"],
    "Also renew the tokens of the --out-file that expire within this time (0 for expired tokens), and the tokens that \
             were issued with another access key.",
)
.completion(Completion::Words(&["0", "1h", "6h", "12h"]))
.extension();

/// The values of `--refresh`. The longest one renews all tokens.
const REFRESHED: Durations = Durations::of(0..=i64::MAX);

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "Issue access tokens for many users.\n\nGive one of --count, --users-from and --names-from. The \
        --out-file is a record that only you may read, with one JSON object per line. Lines with a token have the \
        members user_id, token and expires_on. If the command was interrupted, run it again to resume. If the service \
        asks to wait, all requests wait.",
    arguments: &[
        SCOPE,
        COUNT,
        USERS_FROM.one_of(WHOM),
        NAMES_FROM,
        OUT_FILE,
        REFRESH,
        CONCURRENCY,
        terms::EXPIRES_IN,
        Argument {
            help: "Version of the service's API. --names-from chooses the newest version with custom ids, which is a \
                preview.",
            default: Some(CLI_DEFAULT),
            ..API_VERSION
        },
    ],
    connects: true,
    confirms: false,
    examples: &[
        Example {
            name: "Create 100 users with a token each",
            command: "{} --scope chat --count 100 --out-file tokens.jsonl",
        },
        Example {
            name: "Issue one-hour tokens for listed users",
            command: "{} --scope voip --users-from users.txt --expires-in 1h --out-file tokens.jsonl",
        },
        Example {
            name: "Renew tokens that expire within six hours",
            command: "{} --scope chat --count 100 --out-file tokens.jsonl --refresh 6h",
        },
    ],
    run,
};

fn run(invocation: &Invocation<'_>) -> Result<Outcome, CliError> {
    let scopes = invocation.arguments.list(&SCOPE);
    terms::warn_of_unknown_scopes(scopes, &invocation.printer);
    let minutes = terms::minutes(invocation)?;
    let concurrency = batch::concurrency(invocation)?;
    let refresh = duration(invocation, &REFRESH, &REFRESHED)?.map(Duration::seconds);
    let wanted = Wanted::of(invocation)?;
    let version = match &wanted {
        Wanted::Named(_) if invocation.given(&API_VERSION).is_none() => {
            version_with_custom_ids(invocation, CUSTOM_IDS)?
        }
        _ => invocation.given(&API_VERSION).unwrap_or(CLI_DEFAULT).to_owned(),
    };
    let has_custom_ids = ApiVersion::find(&version).is_some_and(|version| version.custom_id);
    let service = Service::of_version(invocation, &version)?.creating_once();
    let out_file = invocation.required(&OUT_FILE)?;
    let key = service.connection().fingerprint();
    let header = Header {
        operation: Operation::Issue,
        scopes: scopes.to_vec(),
        expires_in: minutes,
        host: service.connection().service(),
        key: key.clone(),
    };
    let found = Found::look(out_file, header, wanted.file())?;
    let choice = Choice { now: OffsetDateTime::now_utc(), refresh, key: &key, has_custom_ids };
    choice.check_key(out_file, &wanted, &found.state)?;
    choice.check_names(out_file, &wanted, &found.state)?;
    let ledger = Ledger::beside(invocation, &service, &batch::others(wanted.file(), Some(out_file)))?;
    let (record, state, lost) = found.begin()?;
    if !lost.is_empty() {
        invocation.printer.error_line(&report::lost_in_words(lost.len()));
    }
    let of_lost = if lost.is_empty() { ExitCode::Success } else { ExitCode::Failure };
    let plan = choice.plan(&wanted, &state);
    report::warn(invocation, out_file, &choice, &wanted, &state, &plan);
    let before = Before { planned: plan.len(), renewals: plan.tasks.iter().filter(|task| task.renews).count(), state };
    let (record, service) = (Arc::new(record), Arc::new(service));
    let batch = Batch { operation: Operation::Issue, plan, concurrency, record: Some(Arc::clone(&record)), ledger };
    let (scopes, sender) = (scopes.to_vec(), Arc::clone(&service));
    let summary = batch::run(invocation, batch, move |subject| issue(&sender, subject, &scopes, minutes));
    report::warn_of_repeated(invocation, service.repeated_tokens());
    let summary = summary?;
    let exit_code = summary.exit_code().or(of_lost);
    Ok(report::result(invocation, out_file, &wanted, &before, summary, &record).exit_code(exit_code))
}

fn issue(
    service: &Service,
    subject: &Subject,
    scopes: &[String],
    minutes: Option<i32>,
) -> Result<RequestOutcome, Failure> {
    let issued = match subject {
        Subject::User(user) => service.issue_token(user, scopes, minutes)?,
        Subject::Named(name) => service.create_named_user_and_token(name, scopes, minutes)?,
        Subject::New { .. } => service.create_user_and_token(scopes, minutes)?,
    };
    if issued.token.is_empty() || issued.expires_on.is_empty() {
        return Err(service.empty_token(&issued, !matches!(subject, Subject::User(_))));
    }
    Ok(RequestOutcome::Issued { user: issued.user, token: issued.token, expires_on: issued.expires_on })
}
