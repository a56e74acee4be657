//! `token inspect`: shows the content of a token without a request.

use std::io::{self, IsTerminal as _};

use acs_identity_protocol::jwt::{JwtError, UnverifiedJwt};
use acs_identity_protocol::time::whole_seconds;
use azure_core::time::OffsetDateTime;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pyjmespath::Value;

use crate::commands::token::text;
use crate::files::text_file;
use crate::knack::argument::Argument;
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::invocation::Invocation;
use crate::knack::json_value::object_of;
use crate::knack::outcome::Outcome;
use crate::report::error::CliError;
use crate::report::exit_code::ExitCode;
use crate::service::answer::object;
use crate::service::validity::{Validity, time_claim};

/// `--token`.
pub(crate) const TOKEN: Argument =
    Argument::new(&["--token"], "The token. Without it, or with -, it is read from stdin.")
        .without_option("Give the token as --token TOKEN, or write it to stdin.")
        .extension();

/// The longest token, in bytes.
const LONGEST: u64 = 1 << 20;

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "Show the content of a token: header, claims, identity, scopes and remaining time.\n\nThis works without \
        a network and without a key, for access tokens of Communication Services and of Entra. The signature is not \
        checked. The exit code is 1 if the token is not valid at this time.",
    arguments: &[TOKEN],
    connects: false,
    confirms: false,
    examples: &[
        Example { name: "Inspect a token", command: "{} --token \"$TOKEN\" --output table" },
        Example {
            name: "Show how many seconds a token has left",
            command: "{} --query seconds_left --output tsv < token.txt",
        },
    ],
    run,
};

/// Returns the token of the option or of stdin, without the text around it.
pub(crate) fn token(invocation: &Invocation<'_>) -> Result<String, CliError> {
    let text = match invocation.given(&TOKEN) {
        Some(token) if token != "-" => token.to_owned(),
        None if io::stdin().is_terminal() => {
            return Err(CliError::new("There is no token.").hint("Give --token, or write it to stdin."));
        }
        _ => {
            let bytes = text_file::content(io::stdin().lock(), 0, LONGEST)
                .map_err(|fault| CliError::new(format!("The token cannot be read from stdin: {fault}.")))?;
            text::decode(&bytes)
        }
    };
    match text::extract(&text).as_str() {
        "" => Err(CliError::new("There is no token on stdin.").hint("Give --token, or write it to stdin.")),
        token => Ok(token.to_owned()),
    }
}

/// Decodes a token. The errors are messages for the user.
pub(crate) fn decode(token: &str) -> Result<UnverifiedJwt, CliError> {
    UnverifiedJwt::decode(token).map_err(|error| {
        let part = match error {
            JwtError::Json("header") => token.split('.').next(),
            JwtError::Json(_) => token.split('.').nth(1),
            _ => None,
        };
        // Python's JSON allows numbers of any size, which serde refuses.
        let bytes = part.and_then(|part| URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok()).unwrap_or_default();
        if let Ok(Value::Object(_)) = Value::from_json(&String::from_utf8_lossy(&bytes)) {
            return CliError::new("This token cannot be read: it contains a number that is out of range.");
        }
        CliError::new(format!("Not a valid token: {error}."))
            .hint("A token has three parts of letters and digits, separated by dots, and begins with eyJ.")
    })
}

fn run(invocation: &Invocation<'_>) -> Result<Outcome, CliError> {
    let jwt = decode(&token(invocation)?)?;
    let now = OffsetDateTime::now_utc().unix_timestamp();
    let validity = Validity::of(&jwt, now);
    let is_active = matches!(validity, Validity::Active(_));
    let time = |name: &str| time_claim(&jwt, name).ok().flatten();
    let left = time("exp").map(|expires| expires.saturating_sub(now));
    // Tokens of Entra use other claims for the subject and the permissions.
    let user = match jwt.claim_str("skypeid") {
        Some(id) => Some(format!("8:{id}")),
        None => jwt.claim_str("oid").map(str::to_owned),
    };
    let scopes: Vec<Value> = scopes(&jwt).into_iter().map(Value::from).collect();
    let result = object([
        ("user_id", user.map_or(Value::Null, Value::from)),
        ("scopes", Value::Array(scopes.into())),
        (
            "state",
            match validity {
                Validity::Active(_) => "active",
                Validity::Expired(_) => "expired",
                Validity::NotYet(_) => "not yet valid",
                Validity::NoExpiry => "without expiry",
                Validity::BadTime(_) => "without valid times",
                Validity::NeverInForce => "never in force",
            }
            .into(),
        ),
        ("issued_at", time("iat").map_or(Value::Null, date)),
        ("expires_on", time("exp").map_or(Value::Null, date)),
        ("seconds_left", left.map_or(Value::Null, |left| Value::Int(left.into()))),
        ("header", object_of(jwt.header.clone())),
        ("claims", object_of(jwt.payload.clone())),
    ]);
    // These columns fit a terminal of 80 columns. The other formats contain all members.
    let outcome = Outcome::of(result).columns(&["state", "expires_on", "seconds_left", "user_id"]);
    Ok(outcome.exit_code(if is_active { ExitCode::Success } else { ExitCode::Failure }))
}

/// Returns the scopes of an access token, or the permissions of an Entra token.
pub(crate) fn scopes(jwt: &UnverifiedJwt) -> Vec<&str> {
    let scopes: Vec<&str> = match jwt.claim_str("acsScope") {
        Some(scopes) => scopes.split(',').collect(),
        None => jwt.claim_str("scp").unwrap_or_default().split(' ').collect(),
    };
    scopes.into_iter().filter(|scope| !scope.is_empty()).collect()
}

fn date(seconds: i64) -> Value {
    OffsetDateTime::from_unix_timestamp(seconds).map_or(Value::Null, |at| whole_seconds(at).into())
}
