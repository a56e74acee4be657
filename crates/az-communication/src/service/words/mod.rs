//! The messages about a failed request: first the text of the reference, then hints. This module only formats and does
//! not decide anything.

mod certificate;
pub(crate) mod login;
mod proxy;
mod tls;

use acs_identity_protocol::RawId;
use acs_identity_protocol::error::codes;
use acs_identity_protocol::jwt::UnverifiedJwt;
use acs_identity_protocol::signature::MAX_CLOCK_SKEW_SECONDS;
use azure_core::time::OffsetDateTime;

use crate::report::error::{CliError, HintPolicy};
use crate::report::exit_code::ExitCode;
use crate::report::program::Program;
use crate::service::failure::{Asked, Cause, ErrorBody, Failure, ServiceError, ServiceErrorKind};
use crate::service::page::Page;
use crate::service::sending::redirect;
use crate::service::teams_token::teams_token_problems;
use crate::system::limits;
use crate::system::platform::Platform;
use crate::transport::error::TransportError;
use crate::transport::{names, resend};

impl From<Failure> for CliError {
    fn from(failure: Failure) -> Self {
        Self::from(&failure)
    }
}

impl From<&Failure> for CliError {
    fn from(failure: &Failure) -> Self {
        let mut error = CliError::new(message(failure)).exit_code(exit_code(failure));
        if matches!(failure.service(), Some(service) if service.body != ErrorBody::MalformedJson) {
            error.hint_policy = HintPolicy::NotQuiet;
        }
        error.hints = hints(failure);
        error
    }
}

/// Returns the exit code of a failed request.
fn exit_code(failure: &Failure) -> ExitCode {
    match failure.service() {
        Some(error) if error.status == 404 => ExitCode::NotFound,
        None if failure.is_interrupted() => ExitCode::Interrupted,
        _ => ExitCode::Failure,
    }
}

/// Returns the message about a failed request.
pub(crate) fn message(failure: &Failure) -> String {
    match &failure.cause {
        Cause::Service(error) => match &error.body {
            ErrorBody::Detail(text) => text.clone(),
            ErrorBody::Unknown => format!("Operation returned an invalid status '{}'", error.reason),
            ErrorBody::MalformedJson => {
                format!("The service answered {} {}, and its response is not JSON.", error.status, error.reason)
            }
        },
        Cause::Transport(error) => error.to_string(),
        Cause::Credential(error) => error.to_string(),
        Cause::Answer { what, .. } => format!("Unexpected response of the service: {what}."),
        Cause::Local(text) => text.clone(),
    }
}

fn hints(failure: &Failure) -> Vec<String> {
    let mut hints = hints_of_cause(failure);
    if let Some(server) = failure.service().and_then(|error| error.leads_to.as_ref()) {
        hints.push(redirect::hint(server));
    }
    // For an unexpected success status such as 204, the reference adds nothing. It also adds nothing for the exchange
    // of a token, because the exchange changes nothing.
    let is_to_be_told =
        failure.service().is_some_and(|error| !matches!(error.status, 200..=299)) && failure.is_unknown();
    if (is_to_be_told || failure.lost > 0) && matches!(failure.asked, Asked::NewUser | Asked::User(_)) {
        let outcome = outcome(failure);
        if !hints.contains(&outcome) {
            hints.push(outcome);
        }
    }
    hints
}

fn hints_of_cause(failure: &Failure) -> Vec<String> {
    match &failure.cause {
        Cause::Service(error) if error.page.is_some() => error.page.iter().map(page_hint).collect(),
        Cause::Answer { page: Some(page), .. } => {
            let mut hints = vec![page_hint(page)];
            if matches!(failure.asked, Asked::NewUser) {
                hints.push(outcome(failure));
            }
            hints
        }
        Cause::Service(error) if error.body == ErrorBody::MalformedJson => {
            vec![
                "Does the endpoint belong to a Communication Services resource? Use --debug to see the exchange."
                    .into(),
            ]
        }
        Cause::Service(error) => service_hints(error, failure),
        Cause::Transport(error) => {
            let mut hints = transport_hints(error, failure);
            if failure.plain_http {
                hints.push("The connection string names http://, but requests always use https.".into());
            }
            hints
        }
        Cause::Credential(error) => {
            let mut hints = error.hints();
            hints.push(if failure.unused_key {
                "--endpoint selects a login, so the key of --connection-string was not used. To use the key, remove \
                 --endpoint."
                    .into()
            } else {
                "To use an access key: --connection-string, or AZURE_COMMUNICATION_CONNECTION_STRING.".into()
            });
            hints
        }
        Cause::Answer { created: Some(user), .. } => vec![format!(
            "The user {user} exists now, without a token. Issue one with --user {user}, or delete the user: {} --user {user}",
            Program::current().command("communication user-identity user delete")
        )],
        Cause::Answer { page: None, .. } if matches!(failure.asked, Asked::NewUser) => vec![outcome(failure)],
        Cause::Answer { page: None, .. } => vec![
            "Does the endpoint of the connection string belong to a Communication Services resource? Use --debug to \
             see the exchange."
                .into(),
        ],
        Cause::Local(_) => Vec::new(),
    }
}

fn page_hint(page: &Page) -> String {
    let title = page.title.as_deref().map_or_else(String::new, |title| format!(" ('{title}')"));
    format!(
        "A web page{title} answered instead of the service. It may come from a network that requires a sign-in, from \
         a gateway or from a proxy, or the endpoint does not belong to a Communication Services resource."
    )
}

/// Returns a hint if a limit of the system stopped the request.
fn limit_of(error: &TransportError) -> Option<&'static str> {
    match error {
        TransportError::Connect(_, error) if limits::is_of_files(error) => limits::advice(error),
        TransportError::NameService(error) => error.of_the_system().and_then(limits::advice),
        TransportError::Bundle(_) => limits::of_files().and_then(|error| limits::advice(&error)),
        _ => None,
    }
}

fn transport_hints(error: &TransportError, failure: &Failure) -> Vec<String> {
    let one = |hint: &str| vec![hint.to_owned()];
    if let Some(advice) = limit_of(error) {
        return one(advice);
    }
    match error {
        TransportError::UnknownHost(_) if failure.login => {
            one("Check the endpoint, and that this machine can resolve names.")
        }
        TransportError::UnknownHost(_) => {
            one("Check the 'endpoint' part of the connection string, and that this machine can resolve names.")
        }
        TransportError::NameService(_) => one(Platform::HERE.check_name_servers()),
        TransportError::Connect(server, _) if names::lacks_a_zone(server) => one(
            "Such an address is valid within one network only, and the endpoint cannot name the network's interface. Give \
             the address a name in the hosts file, with the interface (fe80::1%eth0 NAME), and use the name.",
        ),
        TransportError::Connect(..) if failure.development_emulator => {
            vec![format!("Start the emulator: {}", Program::current().command("communication emulator start"))]
        }
        TransportError::Connect(..) => {
            one("Check that the service or the emulator is running, and that no firewall or proxy blocks the \
                connection.")
        }
        TransportError::Proxy(error) => proxy::hints(error),
        TransportError::Certificate(_, problem) => certificate::hints(problem),
        TransportError::Bundle(error) => certificate::of_bundle(error),
        TransportError::Closed(_)
        | TransportError::Io(..)
        | TransportError::CutOff(_)
        | TransportError::Timeout { .. }
        | TransportError::InterruptedWaiting { .. }
        | TransportError::Protocol(..)
            if failure.is_unknown() =>
        {
            vec![outcome(failure)]
        }
        TransportError::Closed(_)
        | TransportError::Io(..)
        | TransportError::CutOff(_)
        | TransportError::Timeout { .. }
        | TransportError::Unsent(..) => one("Nothing was changed. Try again; --debug shows the exchange."),
        TransportError::NotTls(_) => {
            one("The service accepts only TLS. Check that the host and port of the endpoint belong to it, not to \
                another server.")
        }
        TransportError::Tls(_, error) => one(tls::hint(error)),
        TransportError::Protocol(..) => one("Does the endpoint of the connection string really name an https service?"),
        TransportError::Redirect(fault) => redirect::hints(fault),
        TransportError::Request(_) | TransportError::Interrupted | TransportError::InterruptedWaiting { .. } => {
            Vec::new()
        }
    }
}

/// Describes what the service may have done, if the outcome is unknown.
fn outcome(failure: &Failure) -> String {
    match (&failure.asked, failure.lost) {
        (Asked::NewUser, 0) => "The outcome is unknown: an identity may have been created, but its id was lost. \
                                Another attempt creates another one."
            .into(),
        (Asked::NewUser, lost) => {
            // The last attempt also has an unknown outcome, unless an answer refused it.
            let refused = failure.service().is_some_and(|error| !resend::is_of_a_gateway(error.status));
            let attempts = lost + u32::from(!refused);
            format!(
                "The outcome is unknown: the request was sent {} times, and {} may have been created, but {} \
                 lost. Another attempt creates another one.",
                lost + 1,
                if attempts == 1 { "an identity".to_owned() } else { format!("up to {attempts} identities") },
                if attempts == 1 { "its id was" } else { "their ids were" },
            )
        }
        _ => "The outcome is unknown: the service may have carried the request out. --debug shows the exchange.".into(),
    }
}

fn service_hints(error: &ServiceError, failure: &Failure) -> Vec<String> {
    let mut hints = match error.kind {
        ServiceErrorKind::Denied => denied_hints(error, failure),
        ServiceErrorKind::IdentityNotOwned => not_owned_hints(&failure.asked),
        ServiceErrorKind::InvalidAccessToken => match &failure.asked {
            // For a token that can be decoded, the warnings before the request already say this.
            Asked::TeamsToken { token, client_id, user_object_id }
                if UnverifiedJwt::decode(token.secret()).is_err() =>
            {
                teams_token_problems(token.secret(), client_id, user_object_id)
            }
            Asked::TeamsToken { .. } => Vec::new(),
            Asked::EntraToken(permission) => vec![format!(
                "The token must be valid, must be for this service, and must contain {permission}: {}",
                Program::current().command("communication user-identity token inspect")
            )],
            Asked::Nothing | Asked::NewUser | Asked::User(_) => Vec::new(),
        },
        ServiceErrorKind::InvalidRequest
            if error.target.as_deref().is_some_and(|target| target.eq_ignore_ascii_case("ExpiresInMinutes")) =>
        {
            vec!["The lifetime of a token must be between 60 and 1440 minutes: --expires-in 1h to 24h.".into()]
        }
        ServiceErrorKind::UnsupportedApiVersion => error
            .supported_versions
            .iter()
            .map(|versions| format!("The service supports {versions}. Choose one with --api-version."))
            .collect(),
        // Only the service has this limit. A gateway in front of it has its own limits.
        ServiceErrorKind::TooManyRequests
            if error.code.as_deref() == Some(codes::TOO_MANY_REQUESTS) && error.too_long_a_wait.is_none() =>
        {
            vec!["The rate limit is exceeded. Wait half a minute before you try again.".into()]
        }
        _ => Vec::new(),
    };
    if let Some(seconds) = error.too_long_a_wait {
        hints.push(format!(
            "The service asks to wait {seconds:.0} s before the next request. That is too long to wait."
        ));
    }
    let needs_role = matches!(error.status, 401 | 403);
    if failure.login && needs_role && !matches!(failure.asked, Asked::TeamsToken { .. } | Asked::EntraToken(_)) {
        hints.push(
            "The signed-in identity needs a role on the Communication Services resource, such as Contributor: az role \
             assignment create --assignee OBJECT_ID --role Contributor --scope RESOURCE_ID"
                .into(),
        );
    }
    hints
}

/// Where to find the access keys of an emulator.
const EMULATOR_KEYS: &str = "Use the `connectionString` of its ready line, or of the file of --ready-file if the line \
    has null. After a regeneration, use the keys that POST /emulator/list-keys returns. The emulator's log says why \
    it refused the request.";

/// Returns hints about a wrong clock or a wrong key. Keys are not mentioned if a login was used.
fn denied_hints(error: &ServiceError, failure: &Failure) -> Vec<String> {
    // Other servers, such as a gateway in front of the service, have other codes.
    if error.code.as_deref() != Some(codes::DENIED) {
        return Vec::new();
    }
    if let Some(date) = error.date {
        let ahead = (OffsetDateTime::now_utc() - date).whole_seconds();
        if ahead.abs() > MAX_CLOCK_SKEW_SECONDS - 10 {
            let direction = if ahead > 0 { "ahead of" } else { "behind" };
            let minutes = (ahead.abs() + 30) / 60;
            return vec![format!(
                "This machine's clock is {minutes} minutes {direction} the service's clock. The service allows 5 \
                 minutes. Correct the clock."
            )];
        }
    }
    if failure.login {
        return Vec::new();
    }
    // The server on this machine is an emulator, and the portal does not show its keys.
    if failure.development_emulator {
        return vec![format!("The emulator has another access key than the well-known one. {EMULATOR_KEYS}")];
    }
    if failure.is_local {
        return vec![format!("The emulator does not know this access key. {EMULATOR_KEYS}")];
    }
    vec![
        "The access key does not belong to this resource, or not any more. Copy the connection string again from \
         Settings > Keys in the Azure portal."
            .into(),
    ]
}

fn not_owned_hints(asked: &Asked) -> Vec<String> {
    let Asked::User(user) = asked else { return Vec::new() };
    match RawId::parse(user).resource() {
        Some(resource) => {
            vec![format!("The user belongs to the resource {resource}. Use the connection string of that resource.")]
        }
        None if user.starts_with("8:acs:") => {
            vec![format!("'{user}' is not a complete raw id: 8:acs:<resource>_<user>.")]
        }
        None => {
            vec![format!(
                "'{user}' is not an identity of a Communication Services resource. Such ids start with 8:acs:."
            )]
        }
    }
}
