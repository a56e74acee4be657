//! The login of the Azure CLI. The real `az` prints a token of it.

use std::io::Read;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use acs_identity_protocol::jwt::UnverifiedJwt;
use azure_core::credentials::AccessToken;
use azure_core::time::OffsetDateTime;
use serde_json::Value;

use crate::delegate;
use crate::service::form::seconds;
use crate::service::login::endpoint::token_for;
use crate::service::login::failure::{AzureCliFailure, Reason};
use crate::service::login::redact::redacted;

/// How many characters are shown of output that is not a token.
const START: usize = 80;

/// The timeout. `AzureCliCredential` of Azure's SDKs waits as long.
const LIMIT: Duration = Duration::from_secs(10);

/// How often the process is checked.
const PAUSE: Duration = Duration::from_millis(10);

/// How long to wait for the end of the output after the end of the process. All of its output has arrived by then.
const SETTLING: Duration = Duration::from_millis(500);

/// Gets a token of the current account of the Azure CLI, or of the account of a subscription.
pub(crate) fn token(scope: &str, subscription: Option<&str>) -> Result<AccessToken, Reason> {
    // The first `az` on PATH is this program. It would look for the real `az` in turn.
    let program = delegate::find().ok_or(Reason::NoAzureCli)?;
    let mut command = Command::new(program);
    command.args(["account", "get-access-token", "--output", "json", "--scope", scope]);
    if let Some(subscription) = subscription {
        command.args(["--subscription", subscription]);
    }
    output(&mut command).and_then(|output| read(&output)).map_err(Reason::AzureCli)
}

/// Runs a command until it ends, or kills it at the timeout. The end of the output is not awaited, because processes
/// that the command started may still have it open.
fn output(command: &mut Command) -> Result<Output, AzureCliFailure> {
    let deadline = Instant::now() + LIMIT;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(AzureCliFailure::CannotStart)?;
    let (stdout, stderr) = (child.stdout.take().map(Collected::of), child.stderr.take().map(Collected::of));
    loop {
        match child.try_wait() {
            Ok(Some(status)) => {
                let settled = Instant::now() + SETTLING;
                let taken = |of: Option<Collected>| of.map(|of| of.until(settled)).unwrap_or_default();
                return Ok(Output { status, stdout: taken(stdout), stderr: taken(stderr) });
            }
            Ok(None) if Instant::now() < deadline => match &stdout {
                // The output usually ends together with the process.
                Some(stdout) if stdout.ended.recv_timeout(PAUSE) != Err(RecvTimeoutError::Disconnected) => {}
                _ => thread::sleep(PAUSE),
            },
            Ok(None) | Err(_) => break,
        }
    }
    let _ = child.kill();
    let _ = child.wait();
    Err(AzureCliFailure::Silent(LIMIT))
}

/// The output of a stream, which a separate thread reads.
struct Collected {
    bytes: Arc<Mutex<Vec<u8>>>,
    /// A channel on which nothing is sent. It is closed at the end of the stream.
    ended: Receiver<()>,
}

impl Collected {
    /// Collects the output of a stream up to a limit. The rest is read and dropped, so that the process does not block.
    fn of(mut stream: impl Read + Send + 'static) -> Self {
        const MOST: usize = 1 << 20;
        let (sender, ended) = mpsc::channel();
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&bytes);
        thread::spawn(move || {
            let _sender: Sender<()> = sender;
            let mut buffer = [0; 8192];
            while let Ok(count @ 1..) = stream.read(&mut buffer) {
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                let fits = count.min(MOST - kept.len());
                kept.extend_from_slice(&buffer[..fits]);
            }
        });
        Self { bytes, ended }
    }

    /// Returns the output up to the end of the stream, or up to a time.
    fn until(self, then: Instant) -> Vec<u8> {
        let _ = self.ended.recv_timeout(then.saturating_duration_since(Instant::now()));
        std::mem::take(&mut *self.bytes.lock().unwrap_or_else(PoisonError::into_inner))
    }
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
    // Releases before 2.54 write only a local time. The token itself is more precise.
    let expires = seconds(answer, "expires_on")
        .or_else(|| UnverifiedJwt::decode(token).ok()?.claim_seconds("exp"))
        .ok_or(AzureCliFailure::NoExpiry)?;
    let lifetime = expires.saturating_sub(OffsetDateTime::now_utc().unix_timestamp());
    Ok(token_for(token.to_owned(), lifetime))
}

/// Returns the text on stderr. Of a Python traceback, this is only the last line, which contains the error.
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

/// Returns the beginning of the output without a token that may follow.
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
