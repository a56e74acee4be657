//! Turns responses of the control API with an error status into errors for the user.

use acs_identity_protocol::visible::inert;
use azure_core::http::RawResponse;
use azure_core::http::headers::HeaderName;
use serde_json::Value as Json;

use super::credential::Credential;
use crate::report::error::CliError;
use crate::report::exit_code::ExitCode;

/// The header of every response of the control API, with its version.
const VERSION: HeaderName = HeaderName::from_static("emulator-control-version");

/// Returns a response with a success status.
///
/// # Errors
///
/// Fails when the server is not an emulator with a control API, or when it refuses the request.
pub(super) fn check(place: &str, credential: &Credential, answer: RawResponse) -> Result<RawResponse, CliError> {
    let status = u16::from(answer.status());
    let is_emulator = answer.headers().get_optional_str(&VERSION).is_some();
    if is_emulator && (200..300).contains(&status) {
        return Ok(answer);
    }
    let body: Json = serde_json::from_slice(answer.body().as_ref()).unwrap_or_default();
    let text = |at: &str| body.pointer(at).and_then(Json::as_str).filter(|text| !text.is_empty()).map(inert);
    if !is_emulator {
        // A proxy, whose emulators do not answer.
        if matches!(status, 502..=504) {
            let why = text("/error/message").map_or_else(String::new, |message| format!(": {message}"));
            let message = format!("The server at {place} answers with the status {status}{why}");
            return Err(CliError::new(format!("{}.", message.trim_end_matches('.')))
                .hint("If it is a proxy, no emulator behind it answers at present. Try again later."));
        }
        let message = format!("The server at {place} is not an emulator with a control API (status {status}).");
        return Err(CliError::new(message)
            .hint("Check the port and the endpoint. An emulator of an earlier version cannot be steered."));
    }
    let code = text("/error/code").unwrap_or("unknown".into());
    Err(match (status, text("/error/message")) {
        (401, _) => unauthenticated(place, credential),
        (400, Some(message)) if code == "ValidationError" => {
            CliError::usage(with_option(&message, text("/error/target").as_deref()))
        }
        (404, Some(message)) => CliError::new(message).exit_code(ExitCode::NotFound),
        (_, Some(message)) => CliError::new(message),
        (_, None) => CliError::new(format!("The emulator at {place} answers with the status {status} ({code}).")),
    })
}

/// Returns the error for a credential that is refused.
fn unauthenticated(place: &str, credential: &Credential) -> CliError {
    let error = CliError::new(format!("The emulator at {place} refuses {}.", credential.shown()));
    let error = match credential {
        Credential::WellKnown(_) => error.hint(
            "It was used because no connection string, control secret or ready file of this emulator was found here. \
             The key of a connection string is only sent to the endpoint that is in it.",
        ),
        Credential::Secret(..) | Credential::Key(..) => error,
    };
    error.hint(
        "Give another credential: --connection-string with an access key that is in force, or --control-secret-file \
         FILE. The log of the emulator says why the request was refused.",
    )
}

/// Returns a message about a value, in which the option of the command has the place of the member or parameter.
fn with_option(message: &str, target: Option<&str>) -> String {
    let named = target.and_then(|target| {
        let rest = message.strip_prefix(&format!("'{target}' "))?;
        let mut option = String::from("--");
        for c in target.chars() {
            if c.is_ascii_uppercase() {
                option.push('-');
            }
            option.push(c.to_ascii_lowercase());
        }
        Some(format!("{option} {rest}"))
    });
    named.unwrap_or_else(|| message.to_owned())
}
