//! What is said when the service refuses or cannot be reached: the reference's text, then hints.

use std::borrow::Cow;

use acs_identity_protocol::RawId;
use acs_identity_protocol::claims::entra;
use acs_identity_protocol::error::codes;
use acs_identity_protocol::jwt::UnverifiedJwt;
use acs_identity_protocol::signature::MAX_CLOCK_SKEW_SECONDS;
use acs_identity_protocol::time::parse_http_date;
use azure_core::error::ErrorKind;
use azure_core::http::RawResponse;
use azure_core::time::OffsetDateTime;
use pyjmespath::{JsonStyle, Value, python_str};

use super::connection::{Auth, Connection};
use super::header;
use super::login::LoginError;
use super::transport::TransportError;
use crate::error::{CliError, HintPolicy, NOT_FOUND};

/// What the request was about, for hints.
pub(super) enum Asked<'a> {
    Nothing,
    User(&'a str),
    TeamsToken {
        token: &'a str,
        client_id: &'a str,
        user_object_id: &'a str,
    },
    /// The exchange of an Entra token, which needs this permission.
    EntraToken(&'static str),
}

pub(super) fn describe(error: azure_core::Error, connection: &Connection, asked: &Asked<'_>) -> CliError {
    if let ErrorKind::HttpResponse { raw_response: Some(response), .. } = error.kind() {
        return match connection.auth {
            Auth::Key(_) => refused(response, asked),
            Auth::Login => refused_login(response, asked),
        };
    }
    if let Some(login) = error.get_ref().and_then(|inner| inner.downcast_ref::<LoginError>()) {
        return login.describe();
    }
    match error.get_ref().and_then(|inner| inner.downcast_ref::<TransportError>()) {
        Some(transport) => unreachable_service(transport, connection),
        None => CliError::new(error.to_string()),
    }
}

pub(super) fn unreachable_service(error: &TransportError, connection: &Connection) -> CliError {
    let described = CliError::new(error.to_string());
    match error {
        TransportError::UnknownHost(_) => described.hint(match connection.auth {
            Auth::Key(_) => {
                "Check the 'endpoint' part of the connection string, and that this machine can resolve names."
            }
            Auth::Login => "Check the endpoint, and that this machine can resolve names.",
        }),
        TransportError::Connect(..) if connection.development_emulator => {
            described.hint("Start the emulator: az communication emulator start")
        }
        TransportError::Connect(..) => {
            described.hint("Is the service, or the emulator, running, and does a firewall or proxy stand in between?")
        }
        TransportError::Proxy(_) => described.hint("The proxy is named by HTTPS_PROXY; NO_PROXY lists exceptions."),
        TransportError::Certificate(_, rustls::Error::General(_)) => {
            described.hint("Correct the variable, or unset it to trust the usual authorities.")
        }
        TransportError::Certificate(..) => described
            .hint("To trust the authority, name its certificate (PEM): export REQUESTS_CA_BUNDLE=FILE")
            .hint("That of the emulator is what `caCertificate` says when it starts."),
        TransportError::Closed(_) | TransportError::Io(..) => {
            described.hint("The request may have been carried out. Try again; --debug shows the exchange.")
        }
        TransportError::Tls(..) | TransportError::Protocol(..) => {
            described.hint("Does the endpoint of the connection string really name an https service?")
        }
    }
}

pub(super) fn refused(response: &RawResponse, asked: &Asked<'_>) -> CliError {
    let status = u16::from(response.status());
    let exit_code = if status == 404 { NOT_FOUND } else { crate::error::FAILURE };
    let content_type = header::optional(response.headers(), "content-type").unwrap_or("application/json");
    let is_json = content_type.split(';').next().is_some_and(|kind| kind.trim().ends_with("json"));
    let text = String::from_utf8_lossy(response.body());
    let body = Value::from_json(text.trim_start_matches('\u{feff}'));
    if is_json && body.is_err() && !text.is_empty() {
        let reason = reason(response);
        return CliError::new(format!("The service answered {status} {reason}, and its response is not JSON."))
            .hint("Is the endpoint that of a Communication Services resource? Use --debug to see the exchange.")
            .exit_code(exit_code);
    }
    let detail = body.ok().and_then(|body| Detail::of(&body));
    let message = detail.as_ref().map_or_else(
        || format!("Operation returned an invalid status '{}'", reason(response)),
        |detail| detail.full_text(),
    );
    let mut error = CliError::new(message).exit_code(exit_code).hint_policy(HintPolicy::NotQuiet);
    let code = detail.as_ref().and_then(|detail| detail.code.as_str());
    let target = detail.as_ref().and_then(|detail| detail.target.as_str());
    error.hints = hints(response, code, target, asked);
    error
}

/// The hints about keys are of no use to somebody without one.
fn refused_login(response: &RawResponse, asked: &Asked<'_>) -> CliError {
    let mut error = refused(response, asked);
    let status = u16::from(response.status());
    if matches!(status, 401 | 403) && !matches!(asked, Asked::TeamsToken { .. } | Asked::EntraToken(_)) {
        error.hints.retain(|hint| !hint.contains("access key"));
        error.hints.push(
            "The signed-in identity needs a role on the Communication Services resource, such as Contributor: az role \
             assignment create --assignee OBJECT_ID --role Contributor --scope RESOURCE_ID"
                .into(),
        );
    }
    error
}

fn reason(response: &RawResponse) -> Cow<'static, str> {
    response.status().canonical_reason()
}

/// Python azure-core's `ODataV4Format`.
struct Detail {
    code: Value,
    message: Value,
    target: Value,
    details: Vec<Detail>,
    inner_error: Value,
}

impl Detail {
    fn of(body: &Value) -> Option<Self> {
        let Value::Object(_) = body else { return None };
        let error = body.get("error").unwrap_or(body);
        let Value::Object(_) = error else { return None };
        let member = |name: &str| error.get(name).cloned().unwrap_or(Value::Null);
        let (code, message) = (member("code"), member("message"));
        if !is_true(&code) && !is_true(&message) {
            return None;
        }
        let details = match member("details") {
            Value::Array(items) => items.iter().filter_map(Self::of).collect(),
            _ => Vec::new(),
        };
        Some(Self { code, message, target: member("target"), details, inner_error: member("innererror") })
    }

    fn full_text(&self) -> String {
        let (code, message) = (python_str(&self.code), python_str(&self.message));
        let mut text = format!("({code}) {message}\nCode: {code}\nMessage: {message}");
        if is_true(&self.target) {
            text.push_str(&format!("\nTarget: {}", python_str(&self.target)));
        }
        if !self.details.is_empty() {
            text.push_str("\nException Details:");
            for detail in &self.details {
                let lines: Vec<String> = detail.full_text().lines().map(|line| format!("\t{line}")).collect();
                text.push_str(&lines.join("\n"));
            }
        }
        if is_true(&self.inner_error) {
            let style = JsonStyle { indent: Some(4), key_separator: ": ", item_separator: ",", ..JsonStyle::compact() };
            text.push_str(&format!("\nInner error: {}", self.inner_error.to_json_with(style)));
        }
        text
    }
}

/// Python's truth.
fn is_true(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) | Value::Int(0) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(object) => !object.is_empty(),
        _ => true,
    }
}

fn hints(response: &RawResponse, code: Option<&str>, target: Option<&str>, asked: &Asked<'_>) -> Vec<String> {
    match code {
        Some(codes::DENIED) => denied_hints(response),
        Some(codes::IDENTITY_NOT_OWNED) => not_owned_hints(asked),
        Some(codes::INVALID_ACCESS_TOKEN) => match asked {
            Asked::TeamsToken { token, client_id, user_object_id } => {
                teams_token_problems(token, client_id, user_object_id)
            }
            Asked::EntraToken(permission) => {
                vec![format!(
                    "The token must be in force, for this service, and hold {permission}: az communication user-identity token inspect"
                )]
            }
            _ => Vec::new(),
        },
        Some(codes::VALIDATION_ERROR)
            if target.is_some_and(|target| target.eq_ignore_ascii_case("ExpiresInMinutes")) =>
        {
            vec!["A token lives 60 to 1440 minutes: --expires-in 1h to 24h.".into()]
        }
        Some(codes::UNSUPPORTED_API_VERSION) => {
            let versions = header::optional(response.headers(), "api-supported-versions");
            versions
                .map(|versions| format!("The service has: {versions}. Choose with --api-version."))
                .into_iter()
                .collect()
        }
        Some(codes::TOO_MANY_REQUESTS) => vec!["Over the rate limit. Wait half a minute before the next try.".into()],
        _ => Vec::new(),
    }
}

fn denied_hints(response: &RawResponse) -> Vec<String> {
    let date = header::optional(response.headers(), "date").and_then(parse_http_date);
    if let Some(date) = date {
        let ahead = (OffsetDateTime::now_utc() - date).whole_seconds();
        if ahead.abs() > MAX_CLOCK_SKEW_SECONDS - 10 {
            let direction = if ahead > 0 { "ahead of" } else { "behind" };
            let minutes = (ahead.abs() + 30) / 60;
            return vec![format!(
                "This machine's clock is {minutes} minutes {direction} the service's, which allows 5. Set it right."
            )];
        }
    }
    vec![
        "The access key is not, or no longer, one of this resource. Copy the connection string anew from \
         Settings > Keys in the Azure portal."
            .into(),
    ]
}

fn not_owned_hints(asked: &Asked<'_>) -> Vec<String> {
    let Asked::User(user) = asked else { return Vec::new() };
    match RawId::parse(user).resource() {
        Some(resource) => {
            vec![format!("The user belongs to the resource {resource}. Use the connection string of that resource.")]
        }
        None => vec![format!("'{user}' is no identity of a Communication Services resource: those start with 8:acs:.")],
    }
}

/// What does not fit about an Entra token that is to be exchanged, a sentence each.
pub fn teams_token_problems(token: &str, client_id: &str, user_object_id: &str) -> Vec<String> {
    let jwt = match UnverifiedJwt::decode(token) {
        Ok(jwt) => jwt,
        Err(error) => return vec![format!("--aad-token is no access token of Entra: {error}.")],
    };
    let mut problems = Vec::new();
    let now = OffsetDateTime::now_utc().unix_timestamp();
    match jwt.claim_seconds("exp") {
        Some(exp) if exp <= now => {
            problems.push(format!("The token expired {} minutes ago (claim 'exp').", (now - exp) / 60));
        }
        Some(_) => {}
        None => problems.push("The token has no expiry (claim 'exp').".into()),
    }
    let audience = jwt.claim_str("aud").unwrap_or_default();
    if !entra::is_acs_audience(audience) {
        problems.push(format!(
            "The token is for '{audience}' (claim 'aud'), not for {}. Ask Entra for the scopes {}.",
            entra::ACS_RESOURCE,
            entra::TEAMS_PERMISSIONS.map(|permission| format!("{}/{permission}", entra::ACS_RESOURCE)).join(" and ")
        ));
    }
    let granted: Vec<&str> = jwt.claim_str("scp").unwrap_or_default().split(' ').collect();
    let missing: Vec<&str> =
        entra::TEAMS_PERMISSIONS.into_iter().filter(|permission| !granted.contains(permission)).collect();
    if !missing.is_empty() {
        problems.push(format!("The token lacks the permission {} (claim 'scp').", missing.join(" and ")));
    }
    for (claim, option, given) in [("appid", "--client", client_id), ("oid", "--aad-user", user_object_id)] {
        let actual = jwt.claim_str(claim).or_else(|| (claim == "appid").then(|| jwt.claim_str("azp")).flatten());
        match actual {
            Some(actual) if actual.eq_ignore_ascii_case(given) => {}
            Some(actual) => problems.push(format!("{option} is '{given}', the token's '{claim}' is '{actual}'.")),
            None => problems.push(format!("The token has no '{claim}', which {option} is compared with.")),
        }
    }
    problems
}
