//! Tokens of our Entra issuer.

use crate::core::EntraTokenRequest;
use crate::edge::backend::Backend;
use crate::edge::request::context::RequestContext;
use crate::edge::request::json::body;
use crate::edge::response::answer::Answer;
use crate::edge::response::error::Outcome;

pub(super) async fn issue(backend: &Backend, request: &RequestContext) -> Outcome<Answer> {
    let wanted: EntraTokenRequest = body(request)?;
    let (issuer, base) = (&backend.core.entra_issuer, backend.base_of(request));
    Answer::secret(&issuer.issue_user_token(&base, wanted, request.caller.caller()).await?)
}
