//! `emulator entra-token`: gets an Entra access token of a Teams user from the running emulator.

use acs_identity_emulator::DEFAULT_TENANT;
use serde_json::{Value as Json, json};

use crate::commands::emulator::control::{self, Body, Control};
use crate::knack::argument::{Argument, Arity, Completion};
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::globals::OUTPUT;
use crate::knack::invocation::Invocation;
use crate::knack::outcome::Outcome;
use crate::knack::values::duration::{DAY, Durations};
use crate::knack::values::options::duration;
use crate::report::error::CliError;
use crate::report::stdout;

const OID: Argument = Argument::new(&["--oid"], "Object ID of the user.").required().extension();
const APPID: Argument =
    Argument::new(&["--appid"], "Client ID of the application that the token is issued to.").required().extension();
const TENANT: Argument = Argument::new(&["--tenant"], "Tenant of the user.").default(DEFAULT_TENANT).extension();
const SCOPES: Argument = Argument::new(&["--scopes"], "Permissions of the token.")
    .arity(Arity::Many)
    .default("Teams.ManageCalls Teams.ManageChats")
    .completion(Completion::Words(&["Teams.ManageCalls", "Teams.ManageChats"]))
    .extension();
const AUDIENCE: Argument = Argument::new(&["--audience"], "Audience of the token.")
    .default("https://auth.msft.communication.azure.com")
    .extension();
const EXPIRES_IN: Argument = Argument::new(
    &["--expires-in"],
    "Lifetime: 90m, 1h, PT90M, or a number of minutes. For an expired token: --expires-in=-5m, with the equals sign.",
)
.default("1h")
.extension();

/// The lifetimes that the emulator accepts. A negative lifetime makes an expired token.
const LIFETIMES: Durations = Durations::of(-DAY..=DAY).checked_by_the_service();

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "Print an Entra access token for a Teams user, signed by the running emulator.\n\nThe command `token \
        get-for-teams-user` exchanges it.",
    arguments: control::arguments![OID, APPID, TENANT, SCOPES, AUDIENCE, EXPIRES_IN],
    connects: false,
    confirms: false,
    examples: &[Example {
        name: "Get a token that the emulator exchanges",
        command: "{} --oid 11111111-1111-1111-1111-111111111111 --appid 22222222-2222-2222-2222-222222222222",
    }],
    run,
};

fn run(invocation: &Invocation<'_>) -> Result<Outcome, CliError> {
    let arguments = &invocation.arguments;
    let expires_in = duration(invocation, &EXPIRES_IN, &LIFETIMES)?;
    let mut body = json!({"oid": arguments.get(&OID), "appid": arguments.get(&APPID)});
    if let Json::Object(members) = &mut body {
        members.extend(arguments.get(&TENANT).map(|tenant| ("tid".to_owned(), tenant.into())));
        members.extend(arguments.get(&AUDIENCE).map(|audience| ("aud".to_owned(), audience.into())));
        members.extend(expires_in.map(|seconds| ("expiresIn".to_owned(), seconds.into())));
        if arguments.has(&SCOPES) {
            members.insert("scopes".into(), arguments.list(&SCOPES).into());
        }
    }
    let answer = Control::find(invocation)?.post("/emulator/entra-token", Body::Json(&body))?;
    let token = answer.get("access_token").and_then(Json::as_str);
    let token = token.ok_or_else(|| CliError::new("The response of the emulator has no token."))?;
    // The token is printed alone, for use in $(…), unless an output format is selected.
    if !arguments.has(&OUTPUT) && arguments.query().is_none() {
        stdout::print_line(token)?;
        return Ok(Outcome::nothing());
    }
    Ok(Outcome::of(token))
}
