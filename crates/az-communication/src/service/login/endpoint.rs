//! The endpoints that hand out tokens: asking, asking again, and reading what they answer.

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

/// Attempts beyond the first, and the waits before them. A token request may be repeated: it changes nothing.
const WAITS: [Duration; 3] = [Duration::from_millis(200), Duration::from_millis(400), Duration::from_millis(800)];

/// No endpoint gives a token for longer, so larger numbers are cut.
const LONGEST: i64 = 10 * 365 * 86_400;

/// How long a token is used whose answer does not say it, in seconds.
const UNKNOWN_LIFETIME: i64 = 300;

/// The token endpoint of the tenant that AZURE_TENANT_ID names.
pub(crate) fn of_tenant(tenant: &str) -> Result<Url, Reason> {
    authority::endpoint(tenant, "token").map_err(|error| match error {
        AuthorityError::Tenant(_) => Reason::Misconfigured(format!("AZURE_TENANT_ID: {error}")),
        AuthorityError::Host(_) => Reason::Misconfigured(error.to_string()),
    })
}

/// Asks for a token, up to three times more where the endpoint is overloaded or the connection fails.
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

/// Reads an answer: that of Entra, or that of a managed identity's endpoint, which writes numbers as strings.
fn read(answer: RawResponse, secrets: &[&str]) -> Result<AccessToken, Reason> {
    let status = u16::from(answer.status());
    let Ok(body @ Value::Object(_)) = serde_json::from_slice::<Value>(answer.body()) else {
        return Err(Reason::NotJson { status, page: Page::of(answer.body()) });
    };
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    // Entra has a word there, some endpoints of managed identities an object.
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

/// A token that is good for so many seconds.
pub(crate) fn token_for(token: String, lifetime: i64) -> AccessToken {
    let lifetime = azure_core::time::Duration::seconds(lifetime.clamp(0, LONGEST));
    AccessToken::new(token, OffsetDateTime::now_utc().saturating_add(lifetime))
}

fn first_line(text: &str) -> Option<&str> {
    text.lines().map(str::trim).find(|line| !line.is_empty())
}
