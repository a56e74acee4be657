//! The text of an error with which the service answers.

use acs_identity_protocol::visible::one_line;
use azure_core::error::{Error, ErrorKind};
use azure_core::http::RawResponse;
use azure_core::http::headers::ERROR_CODE;

use crate::models::ErrorBody;
use crate::secrets::Secrets;
use crate::unknown_outcome::created_user;

/// The longest body without an error of the service that a message shows. It may be a web page.
const LONGEST_BODY: usize = 200;

/// The longest message of the service that is shown.
const LONGEST_MESSAGE: usize = 500;

/// The longest code or name of a field that is shown.
const LONGEST_NAME: usize = 100;

/// Returns the code of an error answer: that of the header or else that of the body. azure_core takes the status for it
/// if the message has an escape.
pub(crate) fn code_of(response: &RawResponse) -> Option<String> {
    let header = response.headers().get_optional_string(&ERROR_CODE);
    let body = || azure_core::json::from_json::<_, ErrorBody>(response.body()).ok();
    header.or_else(|| body().map(|body| body.error.code)).filter(|code| !code.is_empty())
}

/// Puts status and code before the message of an error answer, which has only the message. Other errors are returned
/// unchanged.
pub(crate) fn with_status_and_code(error: Error, secrets: &Secrets) -> Error {
    let ErrorKind::HttpResponse { status, raw_response, .. } = error.kind() else { return error };
    let bytes: &[u8] = raw_response.as_ref().map_or(&[], |response| response.body());
    if status.is_success() {
        // The body may have a token.
        let user = created_user(bytes).map_or(String::new(), |user| format!(". Its answer has the identity.id {user}"));
        let message = format!("{}: the operation does not have this status{user}", u16::from(*status));
        return Error::with_message(error.kind().clone(), message);
    }
    let body = azure_core::json::from_json::<_, ErrorBody>(bytes).ok().map(|body| body.error);
    let code = raw_response.as_deref().and_then(code_of);
    let shown = |text: &str, longest| one_line(&secrets.redact(text), longest);
    let shown_code = code.as_deref().map_or(String::new(), |code| format!(" {}", shown(code, LONGEST_NAME)));
    let text = match &body {
        Some(detail) => {
            let target = detail.target.as_deref();
            let target = target.map_or(String::new(), |target| format!(" ({})", shown(target, LONGEST_NAME)));
            format!("{}{target}", shown(&detail.message, LONGEST_MESSAGE))
        }
        None if bytes.is_empty() => "the answer has no body".into(),
        None => shown(&String::from_utf8_lossy(bytes), LONGEST_BODY),
    };
    let message = format!("{}{shown_code}: {text}", u16::from(*status));
    let kind = ErrorKind::HttpResponse { status: *status, error_code: code, raw_response: raw_response.clone() };
    Error::with_message(kind, message)
}
