//! The error about a failed request: the text of the reference, hints, and the exit code. Nothing here decides whether
//! a request is sent again.

mod certificate;
pub(crate) mod login;
mod outcome;
mod proxy;
mod service_error;
mod tls;
mod transport;

use std::fmt;

use outcome::unknown_outcome;

use crate::report::error::{CliError, HintPolicy};
use crate::report::exit_code::ExitCode;
use crate::report::program::Program;
use crate::service::failure::{Asked, Cause, ErrorBody, Failure};
use crate::service::page::Page;
use crate::service::sending::redirect;

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&message(self))
    }
}

impl std::error::Error for Failure {}

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
fn message(failure: &Failure) -> String {
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
        let outcome = unknown_outcome(failure);
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
                hints.push(unknown_outcome(failure));
            }
            hints
        }
        Cause::Service(error) if error.body == ErrorBody::MalformedJson => {
            vec![
                "Does the endpoint belong to a Communication Services resource? Use --debug to see the exchange."
                    .into(),
            ]
        }
        Cause::Service(error) => service_error::hints(error, failure),
        Cause::Transport(error) => {
            let mut hints = transport::hints(error, failure);
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
        Cause::Answer { page: None, .. } if matches!(failure.asked, Asked::NewUser) => vec![unknown_outcome(failure)],
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
