//! Signing a user in by device code (RFC 8628): the one flow that needs neither a browser here nor a registered address.

use std::env;
use std::thread;
use std::time::{Duration, Instant};

use acs_identity_protocol::claims::entra;
use serde_json::Value as Json;

use crate::client;
use crate::error::CliError;
use crate::printer::Printer;

const DEFAULT_AUTHORITY: &str = "https://login.microsoftonline.com";
const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// How often to ask, and how long the code is good, where the answer does not say so; in seconds.
const DEFAULT_INTERVAL: u64 = 5;
const DEFAULT_LIFETIME: u64 = 900;

/// Signs a Teams user in; the Entra access token.
///
/// # Errors
///
/// When Entra refuses, or the user does not sign in in time.
pub(super) fn sign_in(tenant: &str, client_id: &str, printer: &Printer) -> Result<String, CliError> {
    let authority = env::var("AZURE_AUTHORITY_HOST").ok().filter(|host| !host.is_empty());
    let authority = authority.as_deref().unwrap_or(DEFAULT_AUTHORITY).trim_end_matches('/');
    let endpoint = |name: &str| format!("{authority}/{tenant}/oauth2/v2.0/{name}");
    let scope = entra::TEAMS_PERMISSIONS.map(|permission| format!("{}/{permission}", entra::ACS_RESOURCE)).join(" ");
    let (status, begun) = client::post_form(&endpoint("devicecode"), &[("client_id", client_id), ("scope", &scope)])?;
    let Some(code) = begun.get("device_code").and_then(Json::as_str).filter(|_| status == 200) else {
        return Err(refused(&begun, client_id));
    };
    printer.lines(&format!(
        "{}\n",
        begun.get("message").and_then(Json::as_str).unwrap_or("Sign in with the device code.")
    ));
    let seconds = |name: &str, otherwise| begun.get(name).and_then(Json::as_u64).unwrap_or(otherwise);
    let mut interval = seconds("interval", DEFAULT_INTERVAL);
    let until = Instant::now() + Duration::from_secs(seconds("expires_in", DEFAULT_LIFETIME));
    let form = [("grant_type", GRANT_TYPE), ("client_id", client_id), ("device_code", code)];
    while Instant::now() < until {
        thread::sleep(Duration::from_secs(interval));
        let (_, answer) = client::post_form(&endpoint("token"), &form)?;
        if let Some(token) = answer.get("access_token").and_then(Json::as_str) {
            return Ok(token.to_owned());
        }
        match answer.get("error").and_then(Json::as_str) {
            Some("authorization_pending") => {}
            Some("slow_down") => interval += 5,
            _ => return Err(refused(&answer, client_id)),
        }
    }
    Err(CliError::new("Nobody signed in in time.").hint("Start the command again for a new code."))
}

fn refused(answer: &Json, client_id: &str) -> CliError {
    let text = |name: &str| answer.get(name).and_then(Json::as_str);
    let why = text("error_description").or_else(|| text("error")).unwrap_or("the answer holds no token");
    let why = why.lines().next().unwrap_or_default().trim_end_matches('.');
    CliError::new(format!("Entra did not sign the user in: {why}.")).hint(format!(
        "The application {client_id} must allow public client flows, and have the delegated permissions {} of Azure \
         Communication Services.",
        entra::TEAMS_PERMISSIONS.join(" and ")
    ))
}
