//! Whoever is signed in with the Azure CLI: the real `az` prints a token.

use std::process::{Command, Output, Stdio};

use acs_identity_protocol::jwt::UnverifiedJwt;
use azure_core::credentials::AccessToken;
use azure_core::time::OffsetDateTime;
use serde_json::Value;

use super::super::form::seconds;
use super::endpoint::token_for;
use super::failure::{AzureCliFailure, Reason};
use super::redact::redacted;
use crate::delegate;

/// How much of what is not a token is shown, in characters.
const START: usize = 80;

/// A token of the account that the Azure CLI uses, or of that of a subscription.
pub(super) fn token(scope: &str, subscription: Option<&str>) -> Result<AccessToken, Reason> {
    // The first `az` on PATH is this program, which would look for the real one in turn.
    let program = delegate::find().ok_or(Reason::NoAzureCli)?;
    let mut command = Command::new(program);
    command.args(["account", "get-access-token", "--output", "json", "--scope", scope]);
    if let Some(subscription) = subscription {
        command.args(["--subscription", subscription]);
    }
    let output = command.stdin(Stdio::null()).output();
    let output = output.map_err(|error| Reason::AzureCli(AzureCliFailure::CannotStart(error)))?;
    read(&output).map_err(Reason::AzureCli)
}

fn read(output: &Output) -> Result<AccessToken, AzureCliFailure> {
    let stdout = String::from_utf8_lossy(&output.stdout);
    let said = said(&String::from_utf8_lossy(&output.stderr));
    if !output.status.success() {
        return Err(AzureCliFailure::Failed { said, code: output.status.code() });
    }
    let answer: Option<Value> = serde_json::from_str(stdout.trim_start_matches('\u{feff}')).ok();
    let token = answer.as_ref().and_then(|answer| answer.get("accessToken")).and_then(Value::as_str);
    let (Some(answer), Some(token)) = (&answer, token.filter(|token| !token.is_empty())) else {
        return Err(AzureCliFailure::NotAToken(start(&stdout)));
    };
    // Releases before 2.54 write a local time only, which says less than the token itself.
    let expires = seconds(answer, "expires_on")
        .or_else(|| UnverifiedJwt::decode(token).ok()?.claim_seconds("exp"))
        .ok_or(AzureCliFailure::NoExpiry)?;
    let lifetime = expires.saturating_sub(OffsetDateTime::now_utc().unix_timestamp());
    Ok(token_for(token.to_owned(), lifetime))
}

/// All that it said on stderr; of a Python traceback the last line, which says what happened.
fn said(stderr: &str) -> String {
    let lines: Vec<&str> = stderr.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    let traceback = lines.iter().position(|line| line.trim_start().starts_with("Traceback (most recent call last)"));
    let kept = match traceback {
        Some(at) => {
            let mut kept = lines[..at].to_vec();
            kept.extend(lines[at..].last());
            kept
        }
        None => lines,
    };
    redacted(&kept.join("\n"), &[])
}

/// How what it printed begins, without a token that may follow.
fn start(stdout: &str) -> String {
    let line = stdout.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let line = line.split("accessToken").next().unwrap_or_default();
    let line = redacted(line, &[]);
    let mut start: String = line.chars().take(START).collect();
    if line.chars().count() > START {
        start.push('…');
    }
    start
}
