//! `teams-extension assignment …` and `entra assignment …`: who of another tenant may come in, and the exchange of their
//! tokens.

use pyjmespath::Value;

use crate::commands::arguments::{API_VERSION, YES};
use crate::knack::command_table::{Argument, Arity, Example, Verb};
use crate::knack::invocation::Invocation;
use crate::report::error::CliError;
use crate::service::access::{Access, Principal};
use crate::service::calls::Service;

const TENANT: Argument = Argument::new(&["--tenant"], "Tenant of the principal.").extension();
const OBJECT: Argument = Argument::new(&["--object-id"], "Object ID of the principal in Entra.").required().extension();
const CLIENTS: Argument =
    Argument::new(&["--client-ids"], "Client IDs of the applications through which the principal may come in.")
        .arity(Arity::Many)
        .extension();
const TEAMS_CLIENTS: Argument = Argument {
    help: "Client IDs of the applications through which the principal may come in. Required for --principal-type user.",
    ..CLIENTS
};
const TEAMS_KIND: Argument = Argument::new(&["--principal-type"], "Kind of the principal.")
    .choices(&["user", "resourceAccount", "teamsResourceAccount"])
    .extension();
const ENTRA_KIND: Argument =
    Argument::new(&["--principal-type"], "Kind of the principal.").choices(&["user", "group", "tenant"]).extension();
/// The newest stable api-version that has assignments of Teams extension, and the only one that has those of Entra
/// (docs/service.md, section 1).
const TEAMS_USUAL: &str = "2025-06-30";
const ENTRA_USUAL: &str = "2025-03-02-preview";
const TEAMS_VERSION: Argument = API_VERSION.default(TEAMS_USUAL);
const ENTRA_VERSION: Argument = API_VERSION.default(ENTRA_USUAL);
const ENTRA_TOKEN: Argument =
    Argument::new(&["--entra-token"], "Entra access token of the user.").required().extension();

/// A verb that talks to the service.
const fn verb(
    summary: &'static str,
    arguments: &'static [Argument],
    examples: &'static [Example],
    run: crate::knack::command_table::Run,
) -> Verb {
    Verb { summary, arguments, connects: true, confirms: false, examples, run }
}

pub(crate) mod teams_extension {
    //! Of Teams users and resource accounts.

    use super::*;

    pub(crate) const SHOW: Verb = verb(
        "Show the assignment of a Teams user or resource account.",
        &[TENANT.required(), OBJECT, TEAMS_VERSION],
        &[Example { name: "Show an assignment", command: "{} --tenant TENANT_ID --object-id OBJECT_ID" }],
        |invocation| show(invocation, Access::TeamsExtension),
    );
    pub(crate) const CREATE: Verb = verb(
        "Let a Teams user or resource account in.",
        &[TENANT.required(), OBJECT, TEAMS_KIND.required(), TEAMS_CLIENTS, TEAMS_VERSION],
        &[Example {
            name: "Let a Teams user in through an application",
            command: "{} --tenant TENANT_ID --object-id OBJECT_ID --principal-type user --client-ids CLIENT_ID",
        }],
        |invocation| create(invocation, Access::TeamsExtension),
    );
    pub(crate) const UPDATE: Verb = verb(
        "Change the assignment of a Teams user or resource account; what is not given stays.",
        &[TENANT.required(), OBJECT, TEAMS_KIND, CLIENTS, TEAMS_VERSION],
        &[Example {
            name: "Change the applications",
            command: "{} --tenant TENANT_ID --object-id OBJECT_ID --client-ids CLIENT_ID OTHER_CLIENT_ID",
        }],
        |invocation| update(invocation, Access::TeamsExtension),
    );
    pub(crate) const DELETE: Verb = Verb {
        confirms: true,
        ..verb(
            "Remove the assignment of a Teams user or resource account.",
            &[TENANT.required(), OBJECT, TEAMS_VERSION, YES],
            &[Example { name: "Remove an assignment", command: "{} --tenant TENANT_ID --object-id OBJECT_ID" }],
            |invocation| delete(invocation, Access::TeamsExtension),
        )
    };
    pub(crate) const EXCHANGE: Verb = verb(
        "Exchange the Entra token of a Teams user with an assignment for an access token.\n\nThe token must hold the \
         permission TeamsExtension.ManageCalls.",
        &[ENTRA_TOKEN, TEAMS_VERSION],
        &[Example { name: "Exchange a token", command: "{} --entra-token \"$TOKEN\"" }],
        |invocation| exchange(invocation, Access::TeamsExtension),
    );
}

pub(crate) mod entra {
    //! Of users, groups and tenants of Entra.

    use super::*;

    pub(crate) const LIST: Verb = verb(
        "List the Entra assignments.",
        &[ENTRA_VERSION],
        &[Example { name: "List the assignments", command: "{} --output table" }],
        |invocation| Ok(Some(service(invocation, Access::Entra)?.list_entra_assignments()?)),
    );
    pub(crate) const SHOW: Verb = verb(
        "Show the assignment of a user, a group or a tenant.",
        &[OBJECT, ENTRA_VERSION],
        &[Example { name: "Show an assignment", command: "{} --object-id OBJECT_ID" }],
        |invocation| show(invocation, Access::Entra),
    );
    pub(crate) const CREATE: Verb = verb(
        "Let a user, a group or a whole tenant in.",
        &[TENANT.required(), OBJECT, ENTRA_KIND.required(), CLIENTS.required(), ENTRA_VERSION],
        &[Example {
            name: "Let a group in through an application",
            command: "{} --tenant TENANT_ID --object-id OBJECT_ID --principal-type group --client-ids CLIENT_ID",
        }],
        |invocation| create(invocation, Access::Entra),
    );
    pub(crate) const UPDATE: Verb = verb(
        "Change the assignment of a user, a group or a tenant; what is not given stays.",
        &[TENANT, OBJECT, ENTRA_KIND, CLIENTS, ENTRA_VERSION],
        &[Example { name: "Change the applications", command: "{} --object-id OBJECT_ID --client-ids CLIENT_ID" }],
        |invocation| update(invocation, Access::Entra),
    );
    pub(crate) const DELETE: Verb = Verb {
        confirms: true,
        ..verb(
            "Remove the assignment of a user, a group or a tenant.",
            &[OBJECT, ENTRA_VERSION, YES],
            &[Example { name: "Remove an assignment", command: "{} --object-id OBJECT_ID" }],
            |invocation| delete(invocation, Access::Entra),
        )
    };
    pub(crate) const EXCHANGE: Verb = verb(
        "Exchange the Entra token of a user with an assignment for an access token.\n\nThe token must be for \
         https://communication.azure.com/clients; its permissions become the scopes.",
        &[ENTRA_TOKEN, ENTRA_VERSION],
        &[Example { name: "Exchange a token", command: "{} --entra-token \"$TOKEN\"" }],
        |invocation| exchange(invocation, Access::Entra),
    );
}

fn service(invocation: &Invocation<'_>, access: Access) -> Result<crate::service::calls::Service, CliError> {
    let usual = match access {
        Access::TeamsExtension => TEAMS_USUAL,
        Access::Entra => ENTRA_USUAL,
    };
    Service::of_version(invocation, invocation.given("--api-version").unwrap_or(usual))
}

fn principal(invocation: &Invocation<'_>) -> Principal {
    let clients = invocation.arguments.list("--client-ids");
    Principal {
        tenant: invocation.given("--tenant").unwrap_or_default().to_owned(),
        object: invocation.given("--object-id").unwrap_or_default().to_owned(),
        kind: invocation.given("--principal-type").map(str::to_owned),
        clients: (!clients.is_empty()).then(|| clients.to_vec()),
    }
}

fn show(invocation: &Invocation<'_>, access: Access) -> Result<Option<Value>, CliError> {
    check(invocation)?;
    Ok(Some(service(invocation, access)?.show_assignment(access, &principal(invocation))?))
}

fn create(invocation: &Invocation<'_>, access: Access) -> Result<Option<Value>, CliError> {
    check(invocation)?;
    Ok(Some(service(invocation, access)?.assign(access, &principal(invocation))?))
}

fn update(invocation: &Invocation<'_>, access: Access) -> Result<Option<Value>, CliError> {
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
    Ok(Some(service.assign(access, &wanted)?))
}

fn delete(invocation: &Invocation<'_>, access: Access) -> Result<Option<Value>, CliError> {
    check(invocation)?;
    service(invocation, access)?.unassign(access, &principal(invocation))?;
    Ok(None)
}

fn exchange(invocation: &Invocation<'_>, access: Access) -> Result<Option<Value>, CliError> {
    let token = invocation.required("--entra-token")?;
    Ok(Some(service(invocation, access)?.exchange_entra_token(access, token)?))
}

/// An empty part of a path would name another resource.
fn check(invocation: &Invocation<'_>) -> Result<(), CliError> {
    for key in ["--object-id", "--tenant"] {
        if invocation.arguments.has(key) {
            invocation.required(key)?;
        }
    }
    Ok(())
}
