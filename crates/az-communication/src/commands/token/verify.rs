//! `token verify`: checks a token with published keys and by introspection.

use std::path::Path;

use acs_identity_protocol::jwt::UnverifiedJwt;
use azure_core::time::OffsetDateTime;
use pyjmespath::Value;
use serde::Deserialize;
use serde_json::Value as Json;

use crate::commands::arguments::SCOPE;
use crate::commands::token::inspect::{TOKEN, decode, scopes, token};
use crate::files::text_file;
use crate::knack::argument::{Argument, Completion};
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::invocation::Invocation;
use crate::knack::outcome::Outcome;
use crate::report::error::CliError;
use crate::report::exit_code::ExitCode;
use crate::report::printer::Printer;
use crate::service::answer::object;
use crate::service::connection::{Auth, Connection};
use crate::service::jwks::Verdict;
use crate::service::validity::Validity;
use crate::service::{fetch, jwks as published, signed};

const JWKS: Argument = Argument::new(&["--jwks"], "URL or file of the key set (JWKS) that verifies the signature.")
    .completion(Completion::File)
    .extension();

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "Check a token: its signature against published keys, its expiry, and without --jwks whether it was \
        revoked.\n\nWithout --jwks, the emulator of the connection string or endpoint returns its keys, and whether \
        it has revoked the token. With --jwks, revocation is not checked. The cloud publishes no keys, so tokens of \
        the cloud cannot be verified. The exit code is 1 if the token is not valid. `reason` says why.",
    arguments: &[
        TOKEN,
        JWKS,
        Argument { required: false, help: "Scopes that the token must contain.", ..SCOPE }.extension(),
    ],
    connects: true,
    confirms: false,
    examples: &[
        Example { name: "Verify a token of the emulator", command: "{} --token \"$TOKEN\"" },
        Example { name: "Verify that a token allows calls", command: "{} --token \"$TOKEN\" --scope voip" },
        Example { name: "Verify a token with a key set", command: "{} --jwks keys.json < token.txt" },
    ],
    run,
};

/// The reason why a token is not active according to the emulator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Inactive {
    OtherResource,
    UnknownKey,
    IdentityDeleted,
    Revoked,
    Expired,
    NotYetValid,
    /// A reason that the token itself also shows, or a reason of a newer emulator.
    #[serde(other)]
    Other,
}

/// The result of introspection by the emulator.
#[derive(Debug, Clone, Copy, Deserialize)]
struct Introspection {
    active: bool,
    reason: Option<Inactive>,
}

fn run(invocation: &Invocation<'_>) -> Result<Outcome, CliError> {
    let token = token(invocation)?;
    let jwt = decode(&token)?;
    let (jwks, emulator) = match invocation.given(&JWKS) {
        Some(source) => (read_jwks(source, invocation.printer)?, None),
        None => {
            let connection = Connection::find(&invocation.arguments, invocation.config)?;
            if is_cloud(connection.host_and_port().0) || !signed::is_emulator(&connection)? {
                return Err(CliError::new(format!("{} does not publish keys to verify tokens with.", connection.host))
                    .hint("Only the emulator does. Give a key set with --jwks, or use `token inspect`."));
            }
            (fetch::fetch_json_of(&connection, "/.well-known/jwks.json", invocation.printer)?, Some(connection))
        }
    };
    let verdict = published::verify(&token, &jwt, &jwks);
    let introspected = match emulator {
        Some(connection) if matches!(connection.auth, Auth::Key(_)) => Some(introspect(&connection, &token)?),
        _ => None,
    };
    let validity = validity(&jwt, introspected);
    let reason = why_not_good(&jwt, verdict, validity, introspected, invocation.arguments.list(&SCOPE));
    let exit_code = if reason.is_some() { ExitCode::Failure } else { ExitCode::Success };
    let result = object([
        ("verified", reason.is_none().into()),
        (
            "signature",
            match verdict {
                Verdict::Valid => "valid",
                Verdict::Invalid => "invalid",
                Verdict::UnknownKey => "of an unknown key",
                Verdict::OtherAlgorithm => "not RS256",
            }
            .into(),
        ),
        ("expired", has_expired(validity, introspected).into()),
        (
            "revoked",
            introspected.map_or(Value::Null, |introspected| was_revoked(introspected, validity, verdict).into()),
        ),
        ("reason", reason.map_or(Value::Null, Value::from)),
        ("kid", jwt.header.get("kid").and_then(Json::as_str).map_or(Value::Null, Value::from)),
    ]);
    let outcome = Outcome::of(result).columns(&["verified", "signature", "expired", "revoked", "reason"]);
    Ok(outcome.exit_code(exit_code))
}

/// Returns whether the token is in force, by the clock of this machine. The clock of the emulator can be set, so a
/// token that the emulator calls active is in force, too.
fn validity(jwt: &UnverifiedJwt, introspected: Option<Introspection>) -> Validity {
    let validity = Validity::of(jwt, OffsetDateTime::now_utc().unix_timestamp());
    match (validity, introspected) {
        (Validity::Expired(_) | Validity::NotYet(_), Some(Introspection { active: true, .. })) => Validity::Active(0),
        _ => validity,
    }
}

/// Checks whether a host belongs to the Azure cloud. This is known without a request, so that the token is not sent
/// there.
fn is_cloud(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    ["azure.com", "azure.us", "azure.cn"].iter().any(|cloud| host.ends_with(&format!(".communication.{cloud}")))
}

/// Checks whether a token has expired by the clock of this machine or of the emulator.
fn has_expired(validity: Validity, introspected: Option<Introspection>) -> bool {
    let by_emulator = introspected.is_some_and(|introspected| introspected.reason == Some(Inactive::Expired));
    by_emulator || !matches!(validity, Validity::Active(_) | Validity::NotYet(_))
}

/// Checks whether a token was revoked. Deleting an identity and regenerating an access key also revoke tokens.
fn was_revoked(introspected: Introspection, validity: Validity, verdict: Verdict) -> bool {
    match introspected.reason {
        Some(Inactive::Revoked | Inactive::IdentityDeleted | Inactive::UnknownKey) => true,
        Some(_) => false,
        // Earlier releases of the emulator do not send a reason.
        None => !introspected.active && matches!(validity, Validity::Active(_)) && verdict == Verdict::Valid,
    }
}

/// Returns a sentence with the most important reason why the token is not valid. Returns `None` for a valid token.
fn why_not_good(
    jwt: &UnverifiedJwt,
    verdict: Verdict,
    validity: Validity,
    introspected: Option<Introspection>,
    wanted: &[String],
) -> Option<String> {
    let resource = jwt.claim_str("resourceId").unwrap_or_default();
    let inactive = introspected.filter(|introspected| !introspected.active);
    match inactive.and_then(|introspected| introspected.reason) {
        Some(Inactive::OtherResource) => return Some(format!("The token belongs to another resource, {resource}.")),
        Some(Inactive::UnknownKey) => {
            return Some(
                "The access key that the token was issued with was regenerated, which revoked the token.".into(),
            );
        }
        Some(Inactive::IdentityDeleted) => return Some("The identity of the token was deleted.".into()),
        Some(Inactive::Revoked) => {
            return Some("The tokens of the identity were revoked after this one was issued.".into());
        }
        Some(Inactive::Expired | Inactive::NotYetValid | Inactive::Other) | None => {}
    }
    let kid = jwt.header.get("kid").and_then(Json::as_str);
    match (verdict, kid) {
        (Verdict::Invalid, _) => return Some("The signature does not match: the token was changed or cut off.".into()),
        (Verdict::UnknownKey, Some(kid)) => {
            return Some(format!("The key set lacks the key that signed the token, {kid}."));
        }
        (Verdict::UnknownKey, None) => return Some("The token does not name the key that signed it.".into()),
        (Verdict::OtherAlgorithm, _) => return Some("The token is not signed with RS256.".into()),
        (Verdict::Valid, _) => {}
    }
    if let Some(problem) = validity.problem() {
        return Some(problem);
    }
    match inactive.and_then(|introspected| introspected.reason) {
        Some(Inactive::Expired) => return Some("The token has expired by the clock of the emulator.".into()),
        Some(Inactive::NotYetValid) => {
            return Some("The token was issued later than the clock of the emulator shows now.".into());
        }
        _ => {}
    }
    if inactive.is_some() {
        return Some(
            "The token is not active according to the emulator: it was revoked, or its identity was deleted.".into(),
        );
    }
    let held = scopes(jwt);
    let missing: Vec<&str> = wanted.iter().map(String::as_str).filter(|scope| !held.contains(scope)).collect();
    (!missing.is_empty()).then(|| format!("The token lacks the scope {}.", missing.join(", ")))
}

fn read_jwks(source: &str, printer: Printer) -> Result<Json, CliError> {
    if source.starts_with("https://") || source.starts_with("http://") {
        return fetch::fetch_json(source, printer);
    }
    let fail = |why: String| CliError::new(format!("The key set {source} cannot be read: {why}."));
    let text = text_file::read_or_wait(Path::new(source), text_file::USUAL).map_err(|fault| fail(fault.to_string()))?;
    let jwks: Json = serde_json::from_slice(&text).map_err(|error| fail(error.to_string()))?;
    if jwks.get("keys").is_none_or(|keys| !keys.is_array()) {
        return Err(fail("it has no 'keys'".into()));
    }
    Ok(jwks)
}

fn introspect(connection: &Connection, token: &str) -> Result<Introspection, CliError> {
    let form = format!("token={token}");
    let answer = signed::post(connection, "/introspect", "application/x-www-form-urlencoded", form)?;
    serde_json::from_slice(&answer)
        .map_err(|_| CliError::new("The response does not come from an emulator.").hint("Give a key set with --jwks."))
}
