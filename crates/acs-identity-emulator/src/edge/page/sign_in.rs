//! Gives the control secret to the page. The page then sends the secret with every request, so it needs no cookie.

use serde::Deserialize;
use serde_json::json;

use crate::edge::backend::Backend;
use crate::edge::context::json::body_with;
use crate::edge::context::members::{Kind, Member};
use crate::edge::context::request::RequestContext;
use crate::edge::http::answer::Answer;
use crate::edge::http::error::{HttpError, HttpResult};

const CODE: Member = Member::new("code", Kind::Text).required();

#[derive(Deserialize)]
struct SignIn {
    code: String,
}

/// Exchanges a one-time code, which is in the URL with which the page was opened.
pub(super) fn redeem(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let SignIn { code } = body_with(request, &[CODE])?;
    if backend.dashboard.redeem(&code) {
        return secret(backend, request);
    }
    let message = "The code was used or is not known. A code works once, and ends with the emulator. Open the page with a \
                   new code (POST /emulator/page/code), or sign in with the connection string.";
    Err(HttpError::new(401, "InvalidCode", message))
}

/// Answers with the secret. The caller was authenticated before.
pub(super) fn secret(backend: &Backend, _: &RequestContext) -> HttpResult<Answer> {
    let secret = backend.config.control_secret.as_ref();
    let secret = secret.ok_or_else(|| HttpError::fault("the emulator has no control secret"))?;
    Answer::secret(&json!({"secret": secret.text()}))
}

/// Makes a one-time code.
pub(super) fn new_code(backend: &Backend, _: &RequestContext) -> HttpResult<Answer> {
    Answer::secret(&json!({"code": backend.dashboard.new_code().map_err(HttpError::fault)?}))
}
