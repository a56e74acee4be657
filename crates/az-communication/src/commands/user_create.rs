//! `user create`.

use acs_identity_protocol::api_version::{ApiVersion, CLI_DEFAULT, KNOWN};
use pyjmespath::Value;

use super::number::number;
use super::{API_VERSION, Invocation};
use crate::cli::table::{Argument, Example, Verb};
use crate::client::{Service, object};
use crate::error::CliError;
use crate::exit_code::ExitCode;

/// More users than this are a job for a program.
const MAX_COUNT: u32 = 100_000;

pub(super) const VERB: Verb = Verb {
    summary: "Creates a new ACS Identity.",
    arguments: &[
        Argument::new(
            &["--custom-id"],
            "Your own name for the identity: the same one gives the same identity. Only preview api-versions have this.",
        )
        .extension(),
        Argument::new(&["--count"], "How many to create; the result is then a list.").extension(),
        API_VERSION,
    ],
    connects: true,
    confirms: false,
    examples: &[Example { name: "Create ACS user", command: "{}" }],
    run,
};

fn run(invocation: &Invocation<'_>) -> Result<Option<Value>, CliError> {
    let custom_id = invocation.given("--custom-id");
    let count = number(invocation, "--count", &(1..=MAX_COUNT))?;
    if custom_id.is_some() && count.is_some() {
        return Err(
            CliError::new("--custom-id names one identity; it does not go with --count.").exit_code(ExitCode::Usage)
        );
    }
    let version = match custom_id {
        Some(_) => version_with_custom_ids(invocation)?,
        None => invocation.given("--api-version").unwrap_or(CLI_DEFAULT).to_owned(),
    };
    let service = invocation.service_of(&version)?;
    match count {
        None => create(&service, custom_id).map(Some),
        Some(count) => {
            let users: Result<Vec<Value>, CliError> = (0..count).map(|_| create(&service, None)).collect();
            Ok(Some(Value::Array(users?.into())))
        }
    }
}

fn create(service: &Service, custom_id: Option<&str>) -> Result<Value, CliError> {
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

/// The api-version of the option, or the newest that has custom ids.
///
/// # Errors
///
/// When the option names a known version that has none.
pub(super) fn version_with_custom_ids(invocation: &Invocation<'_>) -> Result<String, CliError> {
    let having = || KNOWN.iter().filter(|version| version.custom_id).map(|version| version.name);
    let Some(name) = invocation.given("--api-version") else {
        return Ok(having().next_back().unwrap_or(CLI_DEFAULT).to_owned());
    };
    match ApiVersion::find(name) {
        Some(version) if !version.custom_id => {
            Err(CliError::new(format!("The api-version {name} has no custom ids and shows no identities."))
                .hint(format!("These have: {}.", having().collect::<Vec<_>>().join(", "))))
        }
        _ => Ok(name.to_owned()),
    }
}
