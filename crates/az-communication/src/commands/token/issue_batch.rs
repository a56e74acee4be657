//! `token issue-batch`.

use acs_identity_protocol::api_version::{ApiVersion, CLI_DEFAULT};
use time::{Duration, OffsetDateTime};

use crate::batch::{
    self, Batch, CONCURRENCY, Found, Header, List, Operation, Plan, Record, RequestOutcome, State, Subject, Summary,
    Task, USERS_FROM, count,
};
use crate::commands::arguments::{API_VERSION, SCOPE};
use crate::commands::token::request;
use crate::commands::user::create::{CUSTOM_IDS, version_with_custom_ids};
use crate::knack::argument::{Argument, Completion};
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::invocation::Invocation;
use crate::knack::outcome::Outcome;
use crate::knack::values::count::number;
use crate::knack::values::duration::parse_duration;
use crate::report::error::CliError;
use crate::report::exit_code::ExitCode;
use crate::report::printer::Level;
use crate::service::answer::object;
use crate::service::calls::Service;
use crate::service::failure::Failure;
use crate::service::ledger::Ledger;

/// The limit of `--count`. It is higher than what the service permits in a day, so a higher number is most likely a
/// mistake.
const MAX_COUNT: usize = 10_000_000;

/// The arguments that select the users.
const WHOM: &[&str] = &["--count", "--names-from", "--users-from"];

const COUNT: Argument = Argument::new(
    &["--count"],
    "Number of new users to create, each with a token, up to \
    10000000.",
)
.one_of(WHOM)
.extension();
const NAMES_FROM: Argument = Argument::new(
    &["--names-from"],
    "File with names of your own, or - for stdin, one name per line. A user is created for each name, with the name \
             as its custom id if the api-version has custom ids.",
)
.completion(Completion::File)
.one_of(WHOM)
.extension();
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
        request::EXPIRES_IN,
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
    request::warn_of_unknown_scopes(scopes, &invocation.printer);
    let minutes = request::minutes(invocation)?;
    let concurrency = batch::concurrency(invocation)?;
    let refresh = refresh(invocation)?;
    let wanted = wanted(invocation)?;
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
        invocation.printer.error_line(&lost_in_words(lost.len()));
    }
    let of_lost = if lost.is_empty() { ExitCode::Success } else { ExitCode::Failure };
    let plan = choice.plan(&wanted, &state);
    warn(invocation, out_file, &choice, &wanted, &state, &plan);
    let before = Before { planned: plan.len(), renewals: plan.tasks.iter().filter(|task| task.renews).count(), state };
    let batch = Batch { operation: Operation::Issue, plan, concurrency, record: Some(&record), ledger };
    let summary = batch::run(invocation, &batch, |subject| issue(&service, subject, scopes, minutes));
    warn_of_repeated(invocation, service.repeated_tokens());
    let summary = summary?;
    let exit_code = summary.exit_code().or(of_lost);
    Ok(result(invocation, out_file, &wanted, &before, summary, &record).exit_code(exit_code))
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

/// The users who should get a token.
enum Wanted {
    New(usize),
    Listed(List),
    Named(List),
}

impl Wanted {
    /// Returns the file with the users, and the option that names it.
    fn file(&self) -> Option<(&'static str, batch::FileId)> {
        let (option, list) = match self {
            Self::New(_) => return None,
            Self::Listed(list) => ("--users-from", list),
            Self::Named(list) => ("--names-from", list),
        };
        list.file.map(|file| (option, file))
    }

    /// Returns the selected users who have a token in the record.
    fn served<'a>(&'a self, state: &'a State) -> Vec<&'a str> {
        match self {
            Self::New(_) => state.users_with_tokens().collect(),
            Self::Listed(list) => list.items.iter().map(String::as_str).filter(|user| state.is_done(user)).collect(),
            Self::Named(list) => list.items.iter().filter_map(|name| state.user_named(name)).collect(),
        }
    }
}

fn wanted(invocation: &Invocation<'_>) -> Result<Wanted, CliError> {
    let new = number(invocation, &COUNT, &(1..=MAX_COUNT))?;
    match (new, invocation.given(&USERS_FROM), invocation.given(&NAMES_FROM)) {
        (Some(count), None, None) => Ok(Wanted::New(count)),
        (None, Some(source), None) => batch::users(source).map(Wanted::Listed),
        (None, None, Some(source)) => batch::names(source).map(Wanted::Named),
        _ => Err(CliError::new("Give one of --count, --users-from and --names-from.").exit_code(ExitCode::Usage)),
    }
}

/// Returns the value of `--refresh`.
fn refresh(invocation: &Invocation<'_>) -> Result<Option<Duration>, CliError> {
    let Some(text) = invocation.given(&REFRESH) else { return Ok(None) };
    let seconds = parse_duration(text).filter(|seconds| *seconds >= 0);
    seconds.map(|seconds| Some(Duration::seconds(seconds))).ok_or_else(|| {
        CliError::usage(format!("--refresh is not a duration: '{text}'."))
            .hint("Give 0 for expired tokens, or 30m, 6h or 1d for tokens that expire within that time.")
    })
}

/// The settings that decide which tokens are issued.
struct Choice<'a> {
    now: OffsetDateTime,
    refresh: Option<Duration>,
    key: &'a str,
    has_custom_ids: bool,
}

impl Choice<'_> {
    /// Checks for tokens that were issued with another key. They may be revoked, so they are renewed, or the command
    /// ends with a hint.
    fn check_key(&self, out_file: &str, wanted: &Wanted, state: &State) -> Result<(), CliError> {
        let others = wanted.served(state).into_iter().filter(|user| state.has_other_key(user, self.key)).count();
        if others == 0 || self.refresh.is_some() {
            return Ok(());
        }
        let tokens = if others == 1 { "1 of its tokens was" } else { &format!("{others} of its tokens were") };
        Err(CliError::new(format!(
            "{out_file} cannot be used: {tokens} issued with another access key or login. When a key is regenerated, the \
             tokens that it issued are revoked."
        ))
        .hint("If the key was regenerated, give --refresh 0 to issue these tokens again.")
        .hint("If it is still valid, use it again, or give another --out-file."))
    }

    /// Checks whether names can be resumed. With custom ids, a repeated request returns the user whom the earlier
    /// request created. Without custom ids, it would create another user.
    fn check_names(&self, out_file: &str, wanted: &Wanted, state: &State) -> Result<(), CliError> {
        let Wanted::Named(list) = wanted else { return Ok(()) };
        let open = list.items.iter().filter(|name| state.is_open(&Subject::Named((*name).clone()))).count();
        if open == 0 || self.has_custom_ids {
            return Ok(());
        }
        let names = if open == 1 { "1 of its names was" } else { &format!("{open} of its names were") };
        Err(CliError::new(format!(
            "{out_file} cannot be used: {names} sent as a custom id, and the outcome is not recorded. This api-version has no \
             custom ids, so the users could be created twice."
        ))
        .hint("Give the --api-version of that run, or omit it. Then these names are sent again, which is harmless."))
    }

    fn is_to_be_renewed(&self, state: &State, user: &str) -> bool {
        self.refresh.is_some_and(|refresh| {
            let until = self.now.saturating_add(refresh);
            state.expires_before(user, until) || state.has_other_key(user, self.key)
        })
    }

    fn plan(&self, wanted: &Wanted, state: &State) -> Plan {
        let mut plan = Plan { next: state.next(), ..Plan::default() };
        let renewed = wanted.served(state).into_iter().filter(|user| self.is_to_be_renewed(state, user));
        plan.tasks.extend(renewed.map(|user| Task { subject: Subject::User(user.to_owned()), renews: true }));
        match wanted {
            Wanted::New(count) => {
                let open = state.users_without_tokens().map(|user| Subject::User(user.to_owned()).into());
                plan.tasks.extend(open);
                plan.new = count.saturating_sub(state.created() + state.unknown());
            }
            Wanted::Listed(list) => {
                let open = list.items.iter().filter(|user| !state.is_done(user));
                plan.tasks.extend(open.map(|user| Subject::User(user.clone()).into()));
            }
            Wanted::Named(list) => {
                for name in list.items.iter().filter(|name| !state.is_name_done(name)) {
                    let subject = if let Some(user) = state.user_named(name) {
                        // The user was created and does not have a token yet.
                        Subject::User(user.to_owned())
                    } else if self.has_custom_ids {
                        Subject::Named(name.clone())
                    } else {
                        let n = plan.next;
                        plan.next = n.saturating_add(1);
                        Subject::New { n, name: Some(name.clone()) }
                    };
                    plan.tasks.push(subject.into());
                }
            }
        }
        plan
    }
}

/// Warns about repeated requests. As in the reference, a request for a token of an existing user is repeated after an
/// error of the service.
fn warn_of_repeated(invocation: &Invocation<'_>, repeated: usize) {
    if repeated > 0 {
        let what = if repeated == 1 { "1 request was" } else { &format!("{repeated} requests were") };
        invocation.printer.warning(&format!(
            "{what} sent again after an answer that did not rule out success. Such a user may have one more token \
             than the record."
        ));
    }
}

fn lost_in_words(lost: usize) -> String {
    let users = if lost == 1 { "1 user was".to_owned() } else { format!("{lost} users were") };
    format!(
        "It is not known whether {users} created, because an earlier run ended before it recorded the outcome. The \
         record says so. They count as created, and no request is sent again for them."
    )
}

/// Warns about requests that are sent again and about expired tokens.
fn warn(invocation: &Invocation<'_>, out_file: &str, choice: &Choice<'_>, wanted: &Wanted, state: &State, plan: &Plan) {
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
struct Before {
    planned: usize,
    renewals: usize,
    state: State,
}

fn result(
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
