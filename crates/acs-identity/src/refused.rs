//! The text of an error with which the service answers.

use acs_identity_protocol::visible::one_line;
use azure_core::error::{Error, ErrorKind};

use crate::models::ErrorBody;

/// The longest body without an error of the service that a message shows. It may be a web page.
const LONGEST_BODY: usize = 200;

/// Puts status and code before the message of an error answer, which has only the message. Other errors are returned
/// unchanged.
pub(crate) fn with_status_and_code(error: Error) -> Error {
    let ErrorKind::HttpResponse { status, error_code, raw_response } = error.kind() else { return error };
    let bytes: &[u8] = raw_response.as_ref().map_or(&[], |response| response.body());
    let status = u16::from(*status);
    let message = match azure_core::json::from_json::<_, ErrorBody>(bytes) {
        Ok(ErrorBody { error: detail, .. }) => {
            let code = error_code.as_deref().unwrap_or(&detail.code);
            let code = if code.is_empty() { String::new() } else { format!(" {code}") };
            let target = detail.target.map_or(String::new(), |target| format!(" ({target})"));
            format!("{status}{code}: {}{target}", detail.message)
        }
        Err(_) if bytes.is_empty() => {
            format!("{status}: the answer has no body")
        }
        Err(_) => format!("{status}: {}", one_line(&String::from_utf8_lossy(bytes), LONGEST_BODY)),
    };
    let kind = error.kind().clone();
    match error.into_inner() {
        Ok(cause) => Error::with_error(kind, cause, message),
        Err(_) => Error::with_message(kind, message),
    }
}
