//! `token inspect`: what is in a token, without asking anybody.

use std::io::{self, IsTerminal as _, Read as _};

use acs_identity_protocol::jwt::UnverifiedJwt;
use acs_identity_protocol::time::whole_seconds;
use azure_core::time::OffsetDateTime;
use pyjmespath::Value;

use super::Invocation;
use crate::cli::table::{Argument, Example, Verb};
use crate::client::object;
use crate::error::{CliError, system_text};
use crate::exit_code::ExitCode;

/// `--token`.
pub(super) const TOKEN: Argument =
    Argument::new(&["--token"], "The token. Without it, or with -, it is read from stdin.").extension();

pub(super) const VERB: Verb = Verb {
    summary: "Show what is in a token: header, claims, identity, scopes and the time left.\n\nWorks without a network and \
        without a key, for access tokens of Communication Services and of Entra. The signature is not checked. The exit \
        code is 1 where the token has expired or is none.",
    arguments: &[TOKEN],
    connects: false,
    confirms: false,
    examples: &[
        Example { name: "Inspect a token", command: "{} --token \"$TOKEN\" --output table" },
        Example {
            name: "Ask how many seconds a token has left",
            command: "{} --query seconds_left --output tsv < token.txt",
        },
    ],
    run,
};

/// The token of the option, or of stdin.
pub(super) fn token(invocation: &Invocation<'_>) -> Result<String, CliError> {
    match invocation.given("--token") {
        Some(token) if token != "-" => return Ok(token.trim().to_owned()),
        None if io::stdin().is_terminal() => {
            return Err(CliError::new("There is no token.").hint("Give --token, or write it to stdin."));
        }
        _ => {}
    }
    let mut text = String::new();
    io::stdin()
        .lock()
        .read_to_string(&mut text)
        .map_err(|error| CliError::new(format!("The token cannot be read from stdin: {}.", system_text(&error))))?;
    match text.trim() {
        "" => Err(CliError::new("There is no token on stdin.").hint("Give --token, or write it to stdin.")),
        token => Ok(token.to_owned()),
    }
}

/// Reads a token, in words for the person at the terminal.
pub(super) fn decode(token: &str) -> Result<UnverifiedJwt, CliError> {
    UnverifiedJwt::decode(token).map_err(|error| {
        CliError::new(format!("This is no token: {error}."))
            .hint("A token is three parts of letters and digits, separated by dots, and begins with eyJ.")
    })
}

fn run(invocation: &Invocation<'_>) -> Result<Option<Value>, CliError> {
    let jwt = decode(&token(invocation)?)?;
    let now = OffsetDateTime::now_utc().unix_timestamp();
    let expires = jwt.claim_seconds("exp");
    let left = expires.map(|expires| expires - now);
    if left.is_none_or(|left| left <= 0) {
        invocation.exit_code.set(ExitCode::Failure);
    }
    let json = |members: &serde_json::Map<String, serde_json::Value>| {
        Value::from_json(&serde_json::Value::Object(members.clone()).to_string()).unwrap_or(Value::Null)
    };
    // Entra's tokens tell their subject and permissions by other names.
    let user = match jwt.claim_str("skypeid") {
        Some(id) => Some(format!("8:{id}")),
        None => jwt.claim_str("oid").map(str::to_owned),
    };
    let scopes = match jwt.claim_str("acsScope") {
        Some(scopes) => scopes.split(',').collect::<Vec<_>>(),
        None => jwt.claim_str("scp").unwrap_or_default().split(' ').collect(),
    };
    let scopes: Vec<Value> = scopes.into_iter().filter(|scope| !scope.is_empty()).map(Value::from).collect();
    Ok(Some(object([
        ("user_id", user.map_or(Value::Null, Value::from)),
        ("scopes", Value::Array(scopes.into())),
        (
            "state",
            match left {
                Some(left) if left > 0 => "active",
                Some(_) => "expired",
                None => "without expiry",
            }
            .into(),
        ),
        ("issued_at", jwt.claim_seconds("iat").map_or(Value::Null, date)),
        ("expires_on", expires.map_or(Value::Null, date)),
        ("seconds_left", left.map_or(Value::Null, |left| Value::Int(left.into()))),
        ("header", json(&jwt.header)),
        ("claims", json(&jwt.payload)),
    ])))
}

fn date(seconds: i64) -> Value {
    OffsetDateTime::from_unix_timestamp(seconds).map_or(Value::Null, |at| whole_seconds(at).into())
}
