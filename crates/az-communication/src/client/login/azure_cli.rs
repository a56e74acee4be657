//! Whoever is signed in with the Azure CLI: the real `az` prints a token.

use std::io::{self, Read};
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

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

/// How long it may take: what `AzureCliCredential` of Azure's SDKs waits for it.
const LIMIT: Duration = Duration::from_secs(10);

/// How often a process that has closed its output is looked at.
const PAUSE: Duration = Duration::from_millis(10);

/// A token of the account that the Azure CLI uses, or of that of a subscription.
pub(super) fn token(scope: &str, subscription: Option<&str>) -> Result<AccessToken, Reason> {
    // The first `az` on PATH is this program, which would look for the real one in turn.
    let program = delegate::find().ok_or(Reason::NoAzureCli)?;
    let mut command = Command::new(program);
    command.args(["account", "get-access-token", "--output", "json", "--scope", scope]);
    if let Some(subscription) = subscription {
        command.args(["--subscription", subscription]);
    }
    output(&mut command).and_then(|output| read(&output)).map_err(Reason::AzureCli)
}

/// Runs it to its end, or kills it at the limit. What it started itself may still hold its output, so that the end of the
/// output is not waited for then.
fn output(command: &mut Command) -> Result<Output, AzureCliFailure> {
    let deadline = Instant::now() + LIMIT;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(AzureCliFailure::CannotStart)?;
    let (stdout, stderr) = (child.stdout.take().map(collect), child.stderr.take().map(collect));
    let received = |receiver: Option<Receiver<Vec<u8>>>| {
        let left = deadline.saturating_duration_since(Instant::now());
        receiver.map_or_else(|| Some(Vec::new()), |receiver| receiver.recv_timeout(left).ok())
    };
    if let (Some(stdout), Some(stderr)) = (received(stdout), received(stderr)) {
        loop {
            match child.try_wait() {
                Ok(Some(status)) => return Ok(Output { status, stdout, stderr }),
                Ok(None) if Instant::now() < deadline => thread::sleep(PAUSE),
                Ok(None) | Err(_) => break,
            }
        }
    }
    let _ = child.kill();
    let _ = child.wait();
    Err(AzureCliFailure::Silent(LIMIT))
}

/// Reads all of a stream on a thread of its own. There may be more than is of use, but not without end.
fn collect(stream: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    const MOST: u64 = 1 << 20;
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let mut stream = stream;
        let _ = stream.by_ref().take(MOST).read_to_end(&mut bytes);
        // The rest is read too, so that it does not wait for us.
        let _ = io::copy(&mut stream, &mut io::sink());
        let _ = sender.send(bytes);
    });
    receiver
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
