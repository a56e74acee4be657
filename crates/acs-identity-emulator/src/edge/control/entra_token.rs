//! Issues tokens of the emulator's Entra issuer.

use crate::core::EntraTokenRequest;
use crate::edge::backend::Backend;
use crate::edge::context::json::body;
use crate::edge::context::request::RequestContext;
use crate::edge::http::answer::Answer;
use crate::edge::http::error::HttpResult;

pub(super) async fn issue(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let wanted: EntraTokenRequest = body(request)?;
    let (issuer, base) = (&backend.core.entra_issuer, backend.base_of(request));
    Answer::secret(&issuer.issue_user_token(&base, wanted, request.caller.caller()).await?)
}
