//! `token get-for-teams-user`.

use acs_identity_protocol::jwt::UnverifiedJwt;

use crate::commands::token::device_login;
use crate::knack::argument::{Argument, Arity, Content};
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::invocation::Invocation;
use crate::knack::outcome::Outcome;
use crate::report::error::CliError;
use crate::service::answer::object;
use crate::service::calls::Service;
use crate::service::teams_token::teams_token_problems;

const DEVICE_CODE_OPTION: &str = "--device-code";

const AAD_TOKEN: Argument = Argument::new(&["--aad-token"], "Azure AD access token of a Teams User.")
    .content(Content::Token)
    .required()
    .unless(DEVICE_CODE_OPTION);
const CLIENT: Argument = Argument::new(
    &["--client"],
    "Client ID of an Azure AD applicationto be verified against the appId claim in the Azure AD access token.",
)
.required();
const AAD_USER: Argument = Argument::new(
    &["--aad-user"],
    "Object ID of an Azure AD user(Teams User) to be verified against the OID claim in the Azure AD access \
             token.",
)
.required()
.unless(DEVICE_CODE_OPTION);
const DEVICE_CODE: Argument = Argument::new(
    &[DEVICE_CODE_OPTION],
    "Sign in the Teams user here instead of giving --aad-token. --aad-user is then the user who signs in.",
)
.arity(Arity::Flag)
.extension();
const TENANT: Argument =
    Argument::new(&["--tenant"], "Tenant in which the Teams user signs in. Required with --device-code.").extension();

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "Exchanges an Azure Active Directory (Azure AD) access token of a Teams user for a new ACS Identity \
        access token with a matching expiration time.",
    arguments: &[AAD_TOKEN, CLIENT, AAD_USER, DEVICE_CODE, TENANT],
    connects: true,
    confirms: false,
    examples: &[Example {
        name: "Get token for teams user",
        command: "{} --aad-token \"aad-123-xyz\" --client \"app-id-123-xyz\" --aad-user \"uid\"",
    }],
    run,
};

fn run(invocation: &Invocation<'_>) -> Result<Outcome, CliError> {
    let argument = |argument: &Argument| invocation.arguments.get(argument).unwrap_or_default();
    let client = argument(&CLIENT);
    // The service is checked first, so that the user does not sign in without need.
    let service = Service::of(invocation)?;
    let (token, user) = match invocation.arguments.has(&DEVICE_CODE) {
        true => sign_in(invocation, client)?,
        false => (argument(&AAD_TOKEN).to_owned(), argument(&AAD_USER).to_owned()),
    };
    // For all these problems, the service says only that the token is not valid. A malformed token cannot be compared.
    // The service refuses it, so no warning is printed.
    if UnverifiedJwt::decode(&token).is_ok() {
        for problem in teams_token_problems(&token, client, &user) {
            invocation.printer.warning(&problem);
        }
    }
    let (token, expires_on) = service.exchange_teams_token(&token, client, &user)?;
    Ok(Outcome::of(object([("token", token.into()), ("expires_on", expires_on.into())])))
}

fn sign_in(invocation: &Invocation<'_>, client: &str) -> Result<(String, String), CliError> {
    if invocation.given(&AAD_TOKEN).is_some() {
        return Err(CliError::usage("Give either --device-code or --aad-token."));
    }
    let tenant = invocation
        .given(&TENANT)
        .ok_or_else(|| CliError::usage("--device-code needs --tenant.").hint("Give the tenant's id or domain."))?;
    let token = device_login::sign_in(tenant, client, &invocation.printer)?;
    let signed_in = UnverifiedJwt::decode(&token).ok().and_then(|jwt| jwt.claim_str("oid").map(str::to_owned));
    let user = invocation.given(&AAD_USER).map(str::to_owned).or(signed_in).unwrap_or_default();
    Ok((token, user))
}
