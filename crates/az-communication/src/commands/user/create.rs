//! `user create`.

use std::sync::atomic::Ordering;

use acs_identity_protocol::api_version::{ApiVersion, CLI_DEFAULT, KNOWN};
use pyjmespath::Value;

use crate::batch::Signals;
use crate::commands::arguments::API_VERSION;
use crate::knack::argument::Argument;
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::invocation::Invocation;
use crate::knack::outcome::Outcome;
use crate::knack::output::Items;
use crate::knack::rendering;
use crate::knack::values::options::number;
use crate::report::error::CliError;
use crate::report::exit_code::ExitCode;
use crate::service::answer::object;
use crate::service::calls::Service;
use crate::service::failure::Failure;
use crate::service::ledger::{Event, Ledger};
use crate::transport::resend::leaves_open;

/// The limit of `--count`. For more users, `issue-batch` sends many requests at a time and records them.
const MAX_COUNT: u32 = 100_000;

/// The sentence after an error of the service that does not show that nothing was done.
const OPEN: &str = "The outcome is unknown: an identity may have been created, but its id was lost.";

const CUSTOM_ID: Argument = Argument::new(
    &["--custom-id"],
    "Your own name for the identity. The same name returns the same identity. Only preview api-versions support this.",
)
.extension();
const COUNT: Argument =
    Argument::new(&["--count"], "Number of identities to create, up to 100000. The result is then a list.").extension();

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "Creates a new ACS Identity.",
    arguments: &[
        CUSTOM_ID,
        COUNT,
        Argument {
            help: "Version of the service's API. --custom-id chooses the newest version with custom ids, which is a \
                preview.",
            default: Some(CLI_DEFAULT),
            ..API_VERSION
        },
    ],
    connects: true,
    confirms: false,
    examples: &[Example { name: "Create ACS user", command: "{}" }],
    run,
};

fn run(invocation: &Invocation<'_>) -> Result<Outcome, CliError> {
    let custom_id = invocation.given(&CUSTOM_ID);
    let count = number(invocation, &COUNT, &(1..=MAX_COUNT))?;
    if custom_id.is_some() && count.is_some() {
        return Err(CliError::usage("--custom-id names one identity, so it cannot be used with --count."));
    }
    let version = match custom_id {
        Some(_) => version_with_custom_ids(invocation, CUSTOM_IDS)?,
        None => invocation.given(&API_VERSION).unwrap_or(CLI_DEFAULT).to_owned(),
    };
    let service = Service::of_version(invocation, &version)?;
    let ledger = Ledger::of(invocation, &service)?;
    match count {
        None => {
            let made = create(&service, custom_id)?;
            let result = note(ledger.as_ref(), &made, custom_id);
            let exit_code = invocation.report(result);
            Ok(Outcome::of(made).exit_code(exit_code))
        }
        Some(count) => create_many(invocation, &service.creating_once(), ledger.as_ref(), count),
    }
}

fn create(service: &Service, custom_id: Option<&str>) -> Result<Value, Failure> {
    let Some(custom_id) = custom_id else {
        let id = service.create_user()?;
        let properties = object([("id", id.as_str().into())]);
        return Ok(object([("properties", properties), ("rawId", id.into())]));
    };
    let identity = service.create_named_user(custom_id)?;
    let member = |name: &str| identity.get(name).cloned().unwrap_or(Value::Null);
    let properties = object([("id", member("id")), ("customId", member("customId"))]);
    Ok(object([("properties", properties), ("rawId", member("id"))]))
}

fn raw_id(made: &Value) -> &str {
    made.get("rawId").and_then(Value::as_str).unwrap_or_default()
}

fn note(ledger: Option<&Ledger>, made: &Value, custom_id: Option<&str>) -> Result<(), CliError> {
    ledger.map_or(Ok(()), |ledger| ledger.note(Event::Created, raw_id(made), custom_id))
}

/// How the created users are printed.
enum Shown {
    /// They are printed as soon as they are created.
    Printed(Items),
    /// They are printed at the end, because a table or a query needs all of them.
    Kept(Vec<Value>),
}

/// Creates users one after another. Created users are always printed, even if a later creation fails.
fn create_many(
    invocation: &Invocation<'_>,
    service: &Service,
    ledger: Option<&Ledger>,
    count: u32,
) -> Result<Outcome, CliError> {
    let items = if invocation.arguments.query().is_some() { None } else { rendering::items(invocation)? };
    let mut shown = items.map_or_else(|| Shown::Kept(Vec::new()), Shown::Printed);
    let mut created = 0;
    let mut unshown: Option<String> = None;
    let ended: Result<(), CliError> = Signals::while_watched(|came| {
        let came = || came.load(Ordering::Relaxed);
        while created < count && !came() {
            let made = match create(service, None) {
                Ok(made) => made,
                // The signal ended a wait, so nothing was created.
                Err(failure) if came() && !failure.is_unknown() => break,
                Err(failure) => {
                    // The message of a failure with unknown outcome already says so.
                    let open =
                        !failure.is_unknown() && failure.service().is_some_and(|error| leaves_open(error.status));
                    let error = CliError::from(failure);
                    return Err(if open { error.hint(OPEN) } else { error });
                }
            };
            created += 1;
            let noted = note(ledger, &made, None);
            match &mut shown {
                Shown::Kept(users) => users.push(made),
                Shown::Printed(items) => {
                    let id = raw_id(&made).to_owned();
                    items.push(made).inspect_err(|_| unshown = Some(id))?;
                }
            }
            noted?;
        }
        Ok(())
    });
    let printed = match shown {
        _ if unshown.is_some() => Ok(()),
        Shown::Printed(items) => items.end(),
        Shown::Kept(users) => {
            let ids: Vec<String> = users.iter().map(|user| raw_id(user).to_owned()).collect();
            rendering::show(invocation, Value::Array(users.into()), None)
                .inspect_err(|_| unshown = Some(ids.join("\n")))
        }
    };
    if let Some(ids) = unshown {
        invocation.printer.error_line("These users were created, but cannot be shown on stdout:");
        invocation.printer.lines(&format!("{}\n", acs_identity_protocol::visible::escaped(&ids)));
    }
    let so_far = format!("{created} of {count} users were created");
    match ended {
        Err(error) => Err(error.hint(format!("{so_far}."))),
        Ok(()) if created < count => {
            Err(CliError::new(format!("Interrupted: {so_far}.")).exit_code(ExitCode::Interrupted))
        }
        Ok(()) => printed.map(|()| Outcome::nothing()),
    }
}

/// The feature of an api-version that `--custom-id` and `--names-from` need.
pub(crate) const CUSTOM_IDS: &str = "custom ids";

/// Returns the api-version of the option, or the newest one with custom ids. `what` names the feature that the command
/// needs.
///
/// # Errors
///
/// When the option names a known version without custom ids.
pub(crate) fn version_with_custom_ids(invocation: &Invocation<'_>, what: &str) -> Result<String, CliError> {
    let having = || KNOWN.iter().filter(|version| version.custom_id).map(|version| version.name);
    let Some(name) = invocation.given(&API_VERSION) else {
        return Ok(having().next_back().unwrap_or(CLI_DEFAULT).to_owned());
    };
    match ApiVersion::find(name) {
        Some(version) if !version.custom_id => Err(CliError::usage(format!(
            "The api-version {name} does not support \
            {what}."
        ))
        .hint(format!("Supported by: {}.", having().collect::<Vec<_>>().join(", ")))),
        _ => Ok(name.to_owned()),
    }
}
