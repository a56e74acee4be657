//! Shared code of the commands of Teams extension and Entra: the assignments that grant access to principals of other
//! tenants, and the exchange of their tokens.

use pyjmespath::Value;

use crate::commands::arguments::API_VERSION;
use crate::knack::argument::{Argument, Arity, Content};
use crate::knack::command_table::{CommandSpec, Example, Run};
use crate::knack::invocation::Invocation;
use crate::knack::outcome::Outcome;
use crate::report::error::CliError;
use crate::service::access::{Access, Principal};
use crate::service::calls::Service;

pub(crate) const TENANT: Argument = Argument::new(&["--tenant"], "Tenant of the principal.").extension();
pub(crate) const OBJECT: Argument =
    Argument::new(&["--object-id"], "Object ID of the principal in Entra.").required().extension();
pub(crate) const CLIENTS: Argument =
    Argument::new(&["--client-ids"], "Client IDs of the applications through which the principal has access.")
        .arity(Arity::Many)
        .extension();
pub(crate) const TEAMS_CLIENTS: Argument = Argument {
    help: "Client IDs of the applications through which the principal has access. Required for --principal-type user.",
    ..CLIENTS
};
pub(crate) const TEAMS_KIND: Argument = Argument::new(&["--principal-type"], "Type of the principal.")
    .choices(&["user", "resourceAccount", "teamsResourceAccount"])
    .extension();
pub(crate) const ENTRA_KIND: Argument =
    Argument::new(&["--principal-type"], "Type of the principal.").choices(&["user", "group", "tenant"]).extension();
/// The newest stable api-version with Teams extension assignments, and the only api-version with Entra assignments
/// (docs/service.md, section 1).
pub(crate) const TEAMS_USUAL: &str = "2025-06-30";
pub(crate) const ENTRA_USUAL: &str = "2025-03-02-preview";
pub(crate) const TEAMS_VERSION: Argument = API_VERSION.default(TEAMS_USUAL);
pub(crate) const ENTRA_VERSION: Argument = API_VERSION.default(ENTRA_USUAL);
pub(crate) const ENTRA_TOKEN: Argument =
    Argument::new(&["--entra-token"], "Entra access token of the user.").content(Content::Token).required().extension();

/// Returns the specification of a command that talks to the service.
pub(crate) const fn spec(
    summary: &'static str,
    arguments: &'static [Argument],
    examples: &'static [Example],
    run: Run,
) -> CommandSpec {
    CommandSpec { summary, arguments, connects: true, confirms: false, examples, run }
}

pub(crate) fn service(invocation: &Invocation<'_>, access: Access) -> Result<Service, CliError> {
    let usual = match access {
        Access::TeamsExtension => TEAMS_USUAL,
        Access::Entra => ENTRA_USUAL,
    };
    Service::of_version(invocation, invocation.given(&API_VERSION).unwrap_or(usual))
}

fn principal(invocation: &Invocation<'_>) -> Principal {
    let clients = invocation.arguments.list(&CLIENTS);
    Principal {
        tenant: invocation.given(&TENANT).unwrap_or_default().to_owned(),
        object: invocation.given(&OBJECT).unwrap_or_default().to_owned(),
        kind: invocation.given(&TEAMS_KIND).map(str::to_owned),
        clients: (!clients.is_empty()).then(|| clients.to_vec()),
    }
}

pub(crate) fn show(invocation: &Invocation<'_>, access: Access) -> Result<Outcome, CliError> {
    check(invocation)?;
    Ok(Outcome::of(service(invocation, access)?.show_assignment(access, &principal(invocation))?))
}

pub(crate) fn create(invocation: &Invocation<'_>, access: Access) -> Result<Outcome, CliError> {
    check(invocation)?;
    Ok(Outcome::of(service(invocation, access)?.assign(access, &principal(invocation))?))
}

pub(crate) fn update(invocation: &Invocation<'_>, access: Access) -> Result<Outcome, CliError> {
    check(invocation)?;
    let service = service(invocation, access)?;
    let mut wanted = principal(invocation);
    let present = service.show_assignment(access, &wanted)?;
    let text = |name: &str| present.get(name).and_then(Value::as_str).map(str::to_owned);
    if wanted.tenant.is_empty() {
        wanted.tenant = text("tenantId").unwrap_or_default();
    }
    wanted.kind = wanted.kind.or_else(|| text("principalType"));
    if wanted.clients.is_none()
        && let Some(Value::Array(clients)) = present.get("clientIds")
    {
        wanted.clients = Some(clients.iter().filter_map(Value::as_str).map(str::to_owned).collect());
    }
    Ok(Outcome::of(service.assign(access, &wanted)?))
}

pub(crate) fn delete(invocation: &Invocation<'_>, access: Access) -> Result<Outcome, CliError> {
    check(invocation)?;
    service(invocation, access)?.unassign(access, &principal(invocation))?;
    Ok(Outcome::nothing())
}

pub(crate) fn exchange(invocation: &Invocation<'_>, access: Access) -> Result<Outcome, CliError> {
    let token = invocation.required(&ENTRA_TOKEN)?;
    Ok(Outcome::of(service(invocation, access)?.exchange_entra_token(access, token)?))
}

/// Refuses empty values, because a path with an empty part would name another resource.
fn check(invocation: &Invocation<'_>) -> Result<(), CliError> {
    for argument in [&OBJECT, &TENANT] {
        if invocation.arguments.has(argument) {
            invocation.required(argument)?;
        }
    }
    Ok(())
}
