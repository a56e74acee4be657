//! Signs in a user by device code (RFC 8628). This is the only flow that needs neither a browser on this machine nor a
//! registered redirect address.

use std::thread;
use std::time::{Duration, Instant};

use acs_identity_protocol::claims::entra;
use azure_core::http::Url;
use serde_json::Value as Json;

use crate::report::error::CliError;
use crate::report::printer::Printer;
use crate::service::authority::{self, AuthorityError};
use crate::service::form::{is_overloaded, post_form, seconds};
use crate::service::login::redacted;
use acs_identity_protocol::visible::{escaped, name};

const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// The interval between two requests in seconds, if the answer does not contain a valid one.
const DEFAULT_INTERVAL: u64 = 5;
const LONGEST_INTERVAL: u64 = 60;

/// How long the code is valid in seconds, if the answer does not contain a valid time.
const DEFAULT_LIFETIME: u64 = 900;
const LONGEST_LIFETIME: u64 = 86_400;

/// How many requests in a row may fail before the sign-in ends.
const FAILURES: u32 = 10;

/// Signs in a Teams user and returns the Entra access token.
///
/// # Errors
///
/// When Entra refuses, when it cannot be reached, or when the sign-in times out.
pub(crate) fn sign_in(tenant: &str, client_id: &str, printer: &Printer) -> Result<String, CliError> {
    let scope = entra::TEAMS_PERMISSIONS.map(|permission| format!("{}/{permission}", entra::ACS_RESOURCE)).join(" ");
    let url = endpoint(tenant, "devicecode")?;
    let (status, begun) = post_form(url, &[("client_id", client_id), ("scope", &scope)])
        .map_err(|error| CliError::new(format!("The sign-in cannot begin: {error}.")))?;
    let Some(code) = begun.get("device_code").and_then(Json::as_str).filter(|_| status == 200) else {
        return Err(refused(&begun, client_id, ""));
    };
    printer.lines(&format!("{}\n", escaped(&instructions(&begun))));
    let token = wait(tenant, client_id, code, Pace::of(&begun))?;
    // A token with characters that a header or JSON must escape is not valid.
    match token.chars().find(|c| !c.is_ascii_graphic()) {
        Some(c) => {
            Err(CliError::new(format!("Entra's answer contains a token with an invalid character: {}.", name(c))))
        }
        None => Ok(token),
    }
}

fn endpoint(tenant: &str, name: &str) -> Result<Url, CliError> {
    authority::endpoint(tenant, name).map_err(|error| match error {
        AuthorityError::Tenant(_) => CliError::usage(format!("--tenant: {error}.")),
        AuthorityError::Host(_) => CliError::new(format!("{error}.")),
    })
}

/// Returns the instructions for the user. They are the message of Entra, if there is one.
fn instructions(begun: &Json) -> String {
    let text = |name: &str| begun.get(name).and_then(Json::as_str).filter(|text| !text.is_empty());
    match (text("message"), text("verification_uri").or_else(|| text("verification_url")), text("user_code")) {
        (Some(message), ..) => message.to_owned(),
        (None, Some(url), Some(code)) => format!("To sign in, open {url} and enter the code {code}."),
        _ => "Sign in with the device code.".to_owned(),
    }
}

/// How often to send requests, and how long. Both are limited, so that the requests begin soon and end at some time,
/// whatever the answer contains.
struct Pace {
    interval: Duration,
    lifetime: Duration,
}

impl Pace {
    fn of(begun: &Json) -> Self {
        let positive = |name: &str| seconds(begun, name).and_then(|n| u64::try_from(n).ok()).filter(|n| *n > 0);
        Self {
            interval: Duration::from_secs(positive("interval").unwrap_or(DEFAULT_INTERVAL).min(LONGEST_INTERVAL)),
            lifetime: Duration::from_secs(positive("expires_in").unwrap_or(DEFAULT_LIFETIME).min(LONGEST_LIFETIME)),
        }
    }
}

/// Sends requests until the user has signed in. Failed requests are repeated, because the user may be typing the code.
fn wait(tenant: &str, client_id: &str, code: &str, pace: Pace) -> Result<String, CliError> {
    let url = endpoint(tenant, "token")?;
    let form = [("grant_type", GRANT_TYPE), ("client_id", client_id), ("device_code", code)];
    let (started, mut interval, mut failures) = (Instant::now(), pace.interval, 0);
    loop {
        let left = pace.lifetime.saturating_sub(started.elapsed());
        if left.is_zero() {
            return Err(CliError::new("Sign-in timed out.").hint("Run the command again to get a new code."));
        }
        thread::sleep(interval.min(left));
        let (status, answer) = match post_form(url.clone(), &form) {
            Ok(answer) => answer,
            Err(error) if error.is_temporary() && failures < FAILURES => {
                failures += 1;
                continue;
            }
            Err(error) => return Err(CliError::new(format!("The sign-in cannot be completed: {error}."))),
        };
        if let Some(token) = answer.get("access_token").and_then(Json::as_str).filter(|token| !token.is_empty()) {
            return Ok(token.to_owned());
        }
        match answer.get("error").and_then(Json::as_str) {
            Some("authorization_pending") => failures = 0,
            Some("slow_down") => {
                failures = 0;
                interval = interval.saturating_add(Duration::from_secs(5)).min(Duration::from_secs(LONGEST_INTERVAL));
            }
            _ if is_overloaded(status) && failures < FAILURES => failures += 1,
            _ => return Err(refused(&answer, client_id, code)),
        }
    }
}

/// Creates an error from the answer of Entra. The answer may contain the code, which must not be shown: until it
/// expires, it can be used like a token.
fn refused(answer: &Json, client_id: &str, code: &str) -> CliError {
    let text = |name: &str| answer.get(name).and_then(Json::as_str).filter(|text| !text.is_empty());
    let why = text("error_description").or_else(|| text("error")).unwrap_or("the answer contains no token");
    let why = redacted(why.lines().next().unwrap_or_default().trim_end_matches('.'), &[code]);
    CliError::new(format!("Entra did not sign the user in: {why}.")).hint(format!(
        "The application {client_id} must allow public client flows, and have the delegated permissions {} of Azure \
         Communication Services.",
        entra::TEAMS_PERMISSIONS.join(" and ")
    ))
}
