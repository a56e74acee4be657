//! `emulator env`: prints the variables by which clients find and trust a running emulator.

mod certificates;
mod folder;
pub(crate) mod shell;

use std::env;
use std::ffi::OsString;

use acs_identity_emulator::{client_secret_of, identity_header_of};
use acs_identity_protocol::{AccessKey, ConnectionString};
use serde_json::{Map, Value as Json};

use crate::commands::emulator::control::{self, Body, Control};
use crate::commands::emulator::environment::search_path::with_program;
use crate::commands::emulator::environment::variables::{Identity, keyless, no_proxy};
use crate::commands::emulator::options::declared::KEEP_CREDENTIALS;
use crate::commands::emulator::options::read;
use crate::knack::argument::{Argument, Variable};
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::globals::OUTPUT;
use crate::knack::invocation::Invocation;
use crate::knack::json_value::value_of;
use crate::knack::outcome::Outcome;
use crate::report::error::CliError;
use crate::report::stdout;
use shell::Shell;

const SHELL: Argument = Argument::new(&["--shell"], "Syntax of the output; by default, the syntax of your shell.")
    .choices(&Shell::NAMES)
    .extension();

/// The variable of `run` has the same name, but another meaning: there, it is a setting of the run.
const OWN_CREDENTIALS: Argument =
    Argument { help: "Leave out AZURE_CLIENT_ID, IDENTITY_ENDPOINT and similar variables.", ..KEEP_CREDENTIALS }
        .variable(Variable::None);

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "Print the variables by which clients find and trust a running emulator.\n\nThese are the variables that \
        `run` sets for its command. The output contains an access key: if \
        it goes to a file, write the file with `umask 077`. Paths and addresses are those of this machine, so a \
        container needs other values. For an emulator with --plain-http, there are no variables for certificates.",
    arguments: control::arguments![SHELL, OWN_CREDENTIALS],
    connects: false,
    confirms: false,
    examples: &[
        Example { name: "Set the variables in bash", command: "eval \"$({} --shell bash)\"" },
        Example {
            name: "Write the variables into a file for programs on this machine",
            command: "{} --shell dotenv > .env",
        },
        Example { name: "Print one variable", command: "{} --query AZURE_COMMUNICATION_CONNECTION_STRING -o tsv" },
    ],
    run,
};

fn run(invocation: &Invocation<'_>) -> Result<Outcome, CliError> {
    let shell = match invocation.given(&SHELL) {
        Some(name) => Shell::of_name(name),
        None => Some(Shell::of_environment(env::var_os("SHELL").as_deref())),
    };
    let mut variables = variables(invocation)?;
    // A file of variables is for programs that do not look for this one.
    if shell != Some(Shell::Dotenv) {
        variables.extend(search_path());
    }
    let is_formatted = invocation.arguments.has(&OUTPUT) || invocation.arguments.query().is_some();
    match shell {
        Some(shell) if shell != Shell::Json && !is_formatted => {
            let lines: String =
                variables.iter().map(|(name, value)| format!("{}\n", shell.line(name, value))).collect();
            stdout::print_part(&lines)?;
            Ok(Outcome::nothing())
        }
        _ => {
            let members = variables.into_iter().map(|(name, value)| (name.to_owned(), Json::String(value)));
            Ok(Outcome::of(value_of(Json::Object(members.collect::<Map<String, Json>>()))))
        }
    }
}

/// Returns the variables in the order in which they are printed.
fn variables(invocation: &Invocation<'_>) -> Result<Vec<(&'static str, String)>, CliError> {
    let control = Control::find(invocation)?;
    let keys = control.post("/emulator/list-keys", Body::Nothing)?;
    let key = keys.get("primaryKey").and_then(Json::as_str).and_then(|key| key.parse::<AccessKey>().ok());
    let key = key.ok_or_else(|| CliError::new("The response of the emulator has no access key."))?;
    let endpoint = control.endpoint();
    let mut variables = vec![
        ("AZURE_COMMUNICATION_CONNECTION_STRING", ConnectionString::format(endpoint, &key)),
        ("AZURE_COMMUNICATION_ENDPOINT", endpoint.to_owned()),
    ];
    // A proxy that ends TLS has a certificate of its own, and the emulator does not know which authority signed it.
    let is_behind_proxy = control.serves_plain_http()?;
    if is_behind_proxy {
        invocation.printer.warning(
            "The emulator serves plain HTTP, so variables for certificates are left out. Behind a proxy, let clients \
             trust the authority of the proxy's certificate.",
        );
    } else {
        variables.extend(certificates::variables(&control, &invocation.printer)?);
    }
    let text = |(name, value): (&'static str, OsString)| Some((name, value.into_string().ok()?));
    if let Some(host) = control.local_host() {
        let excluded = no_proxy(env::var_os("NO_PROXY"), env::var_os("no_proxy"), host);
        variables.extend(excluded.into_iter().filter_map(text));
    }
    if !read::flag(invocation, &OWN_CREDENTIALS)? {
        let (header, secret) = (identity_header_of(&key), client_secret_of(&key));
        variables.extend(keyless(&Identity { endpoint, header: &header, secret: &secret, is_local: !is_behind_proxy }));
    }
    Ok(variables)
}

/// Returns PATH with this program, if PATH does not find it.
fn search_path() -> Option<(&'static str, String)> {
    let path = with_program(&folder::of_program().ok()?)?;
    Some(("PATH", path.into_string().ok()?))
}
