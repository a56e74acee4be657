//! Token endpoints: sends requests, repeats them, and reads the answers.

use std::time::Duration;

use azure_core::credentials::AccessToken;
use azure_core::http::{RawResponse, Request, Url};
use azure_core::time::OffsetDateTime;
use serde_json::Value;

use crate::service::authority::{self, AuthorityError};
use crate::service::form::{FormError, is_overloaded, seconds};
use crate::service::login::failure::Reason;
use crate::service::login::redact::redacted;
use crate::service::page::Page;
use crate::transport::error::TransportError;
use crate::transport::http::wait::waiting;
use crate::transport::send::Transport;

/// The waits before each further attempt. A token request may be repeated, because it changes nothing.
const WAITS: [Duration; 3] = [Duration::from_millis(200), Duration::from_millis(400), Duration::from_millis(800)];

/// The longest lifetime in seconds. No endpoint issues a token for longer, so larger numbers are cut.
const LONGEST: i64 = 10 * 365 * 86_400;

/// The lifetime of a token if the answer does not state it, in seconds.
const UNKNOWN_LIFETIME: i64 = 300;

/// Returns the token endpoint of the tenant in AZURE_TENANT_ID.
pub(crate) fn of_tenant(tenant: &str) -> Result<Url, Reason> {
    authority::endpoint(tenant, "token").map_err(|error| match error {
        AuthorityError::Tenant(_) => Reason::Misconfigured(format!("AZURE_TENANT_ID: {error}")),
        AuthorityError::Host(_) => Reason::Misconfigured(error.to_string()),
    })
}

/// Requests a token. If the endpoint is overloaded or the connection fails, the request is repeated up to three times.
pub(crate) fn ask(transport: &Transport, request: &Request, secrets: &[&str]) -> Result<AccessToken, Reason> {
    let mut waits = WAITS.iter();
    loop {
        let result = transport.send(request);
        let again = match &result {
            Ok(answer) => is_overloaded(u16::from(answer.status())),
            Err(error) => matches!(
                error.get_ref().and_then(|inner| inner.downcast_ref::<TransportError>()),
                Some(
                    TransportError::Connect(..)
                        | TransportError::Unsent(..)
                        | TransportError::Closed(_)
                        | TransportError::CutOff(_)
                        | TransportError::Io(..)
                )
            ),
        };
        match waits.next().filter(|_| again) {
            Some(wait) if waiting().sleep(*wait) => {}
            _ => return read(result.map_err(not_reachable)?, secrets),
        }
    }
}

fn not_reachable(error: azure_core::Error) -> Reason {
    match FormError::from(error) {
        FormError::Transport(error) => Reason::NotReachable(error),
        FormError::NotJson { status, page } => Reason::NotJson { status, page },
        FormError::Local(what) => Reason::Local(what),
    }
}

/// Reads an answer of Entra or of a managed identity's endpoint. The latter writes numbers as strings.
fn read(answer: RawResponse, secrets: &[&str]) -> Result<AccessToken, Reason> {
    let status = u16::from(answer.status());
    let Ok(body @ Value::Object(_)) = serde_json::from_slice::<Value>(answer.body()) else {
        return Err(Reason::NotJson { status, page: Page::of(answer.body()) });
    };
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    // In answers of Entra, this member is a string. In answers of some managed identity endpoints, it is an object.
    let nested = |name: &str| body.get("error").and_then(|error| error.get(name)).and_then(Value::as_str);
    let error = text("error").or_else(|| nested("code")).filter(|error| !error.is_empty());
    if !(200..300).contains(&status) || error.is_some() {
        let description =
            text("error_description").or_else(|| text("message")).or_else(|| nested("message")).and_then(first_line);
        return Err(Reason::Refused {
            status,
            code: error.map(|error| redacted(error, secrets)),
            description: description.map(|line| redacted(line, secrets)),
        });
    }
    let token = text("access_token").filter(|token| !token.is_empty()).ok_or(Reason::NoToken(status))?;
    let now = OffsetDateTime::now_utc();
    let lifetime = match (seconds(&body, "expires_in"), seconds(&body, "expires_on")) {
        (Some(lifetime), _) => lifetime,
        (None, Some(at)) => at.saturating_sub(now.unix_timestamp()),
        (None, None) => UNKNOWN_LIFETIME,
    };
    Ok(token_for(token.to_owned(), lifetime))
}

/// Creates a token with a lifetime in seconds.
pub(crate) fn token_for(token: String, lifetime: i64) -> AccessToken {
    let lifetime = azure_core::time::Duration::seconds(lifetime.clamp(0, LONGEST));
    AccessToken::new(token, OffsetDateTime::now_utc().saturating_add(lifetime))
}

fn first_line(text: &str) -> Option<&str> {
    text.lines().map(str::trim).find(|line| !line.is_empty())
}
