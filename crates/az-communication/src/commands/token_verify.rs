//! `token verify`: whether a token is good, by published keys and by introspection.

use azure_core::time::OffsetDateTime;
use pyjmespath::Value;
use serde_json::Value as Json;

use super::Invocation;
use super::token_inspect::{TOKEN, decode, token};
use crate::cli::table::{Argument, Completion, Example, Verb};
use crate::client::{self, Auth, Connection, Verdict, object};
use crate::error::{CliError, system_text};
use crate::exit_code::ExitCode;

pub(super) const VERB: Verb = Verb {
    summary: "Check a token: its signature against published keys, its expiry, and whether it was revoked.\n\nWithout \
        --jwks, the emulator that the connection string or endpoint names is asked for its keys. The cloud publishes \
        none, so that tokens of the cloud cannot be verified. The exit code is 1 where the token is not good.",
    arguments: &[
        TOKEN,
        Argument::new(&["--jwks"], "URL or file of the key set (JWKS) to check against.")
            .completion(Completion::File)
            .extension(),
    ],
    connects: true,
    confirms: false,
    examples: &[
        Example { name: "Verify a token of the emulator", command: "{} --token \"$TOKEN\"" },
        Example { name: "Verify a token with a key set", command: "{} --jwks keys.json < token.txt" },
    ],
    run,
};

fn run(invocation: &Invocation<'_>) -> Result<Option<Value>, CliError> {
    let token = token(invocation)?;
    let jwt = decode(&token)?;
    let (jwks, emulator) = match invocation.given("--jwks") {
        Some(source) => (read_jwks(source)?, None),
        None => {
            let connection = Connection::find(&invocation.arguments, invocation.config)?;
            if !is_local(connection.host_and_port().0) {
                return Err(CliError::new(format!("{} does not publish keys to verify tokens with.", connection.host))
                    .hint("Only the emulator does. Give a key set with --jwks, or use `token inspect`."));
            }
            (client::fetch_json_of(&connection, "/.well-known/jwks.json")?, Some(connection))
        }
    };
    let signature = match client::verify(&token, &jwt, &jwks) {
        Verdict::Valid => "valid",
        Verdict::Invalid => "invalid",
        Verdict::UnknownKey => "of an unknown key",
        Verdict::OtherAlgorithm => "not RS256",
    };
    let expired = jwt.claim_seconds("exp").is_none_or(|exp| exp <= OffsetDateTime::now_utc().unix_timestamp());
    let introspected = match emulator {
        Some(connection) if matches!(connection.auth, Auth::Key(_)) => Some(is_active(&connection, &token)?),
        _ => None,
    };
    // A good token that the emulator does not call active was revoked, or its user deleted.
    let revoked = introspected.map(|active| !active && !expired && signature == "valid");
    let good = signature == "valid" && !expired && introspected.unwrap_or(true);
    if !good {
        invocation.exit_code.set(ExitCode::Failure);
    }
    Ok(Some(object([
        ("verified", good.into()),
        ("signature", signature.into()),
        ("expired", expired.into()),
        ("revoked", revoked.map_or(Value::Null, Value::from)),
        ("kid", jwt.header.get("kid").and_then(Json::as_str).map_or(Value::Null, Value::from)),
    ])))
}

fn read_jwks(source: &str) -> Result<Json, CliError> {
    if source.starts_with("https://") || source.starts_with("http://") {
        return client::fetch_json(source);
    }
    let fail = |why: String| CliError::new(format!("The key set {source} cannot be read: {why}."));
    let text = std::fs::read(source).map_err(|error| fail(system_text(&error)))?;
    let jwks: Json = serde_json::from_slice(&text).map_err(|error| fail(error.to_string()))?;
    if jwks.get("keys").is_none_or(|keys| !keys.is_array()) {
        return Err(fail("it has no 'keys'".into()));
    }
    Ok(jwks)
}

fn is_local(host: &str) -> bool {
    matches!(host.to_ascii_lowercase().as_str(), "localhost" | "127.0.0.1" | "[::1]")
}

fn is_active(connection: &Connection, token: &str) -> Result<bool, CliError> {
    let form = format!("token={token}");
    let answer = client::post(connection, "/introspect", "application/x-www-form-urlencoded", form)?;
    let answer: Json = serde_json::from_slice(&answer).unwrap_or_default();
    answer
        .get("active")
        .and_then(Json::as_bool)
        .ok_or_else(|| CliError::new("The response is not that of an emulator.").hint("Give a key set with --jwks."))
}
