//! Issues tokens of the emulator's Entra issuer.

use crate::core::EntraTokenRequest;
use crate::edge::backend::Backend;
use crate::edge::context::json::body_with;
use crate::edge::context::members::{Kind, Member};
use crate::edge::context::request::RequestContext;
use crate::edge::http::answer::Answer;
use crate::edge::http::error::HttpResult;

/// The members of `EntraTokenRequest`.
const MEMBERS: &[Member] = &[
    Member::new("oid", Kind::Text).required(),
    Member::new("appid", Kind::Text).required(),
    Member::new("tid", Kind::Text).or_null(),
    Member::new("aud", Kind::Text).or_null(),
    Member::new("scopes", Kind::Texts).or_null(),
    Member::new("groups", Kind::Texts),
    Member::new("expiresIn", Kind::Whole).or_null(),
];

pub(super) async fn issue(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let wanted: EntraTokenRequest = body_with(request, MEMBERS)?;
    let (issuer, base) = (&backend.core.entra_issuer, backend.base_of(request));
    Answer::secret(&issuer.issue_user_token(&base, wanted, request.caller.caller()).await?)
}
