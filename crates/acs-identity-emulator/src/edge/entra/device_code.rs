//! The beginning of a sign-in by device code, and the page that it names.

use serde_json::json;

use super::form::Form;
use crate::edge::backend::Backend;
use crate::edge::context::request::RequestContext;
use crate::edge::http::answer::Answer;
use crate::edge::http::error::HttpResult;
use crate::edge::routes::route::PathValue;

/// The page at the address that device codes name.
const PAGE: &str = "<!doctype html><html lang=\"en\"><title>Device login</title>\
    <p>The emulator signs in its default user immediately. No code has to be entered; this page can be closed.</p></html>\n";

/// How often a client may ask whether the user has signed in, in seconds.
const POLL_INTERVAL: u64 = 1;

pub(super) fn page(_: &Backend, _: &RequestContext) -> HttpResult<Answer> {
    Ok(Answer::text("text/html; charset=utf-8", PAGE))
}

pub(super) fn begin(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let form = Form::of(request);
    let client = form.required("client_id")?;
    let scope = form.scope()?;
    let (code, expires_in) = backend.core.device_logins.begin(request.value(PathValue::Tenant), &client, &scope)?;
    let user_code: String = code.chars().filter(char::is_ascii_alphanumeric).take(9).collect();
    Answer::secret(&json!({
        "user_code": user_code.to_ascii_uppercase(),
        "device_code": code,
        "verification_uri": format!("{}/devicelogin", backend.base_of(request)),
        "expires_in": expires_in,
        "interval": POLL_INTERVAL,
        "message": "The emulator signs in its default user immediately; no code has to be entered.",
    }))
}
