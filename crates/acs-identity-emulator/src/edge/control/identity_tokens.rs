//! Issues and revokes the access tokens of an identity. They are those of the service: they are signed, end and are
//! revoked in the same way.

use acs_identity_protocol::api_version::ApiVersion;
use acs_identity_protocol::models::IssueAccessTokenRequest;
use acs_identity_protocol::scope::TokenScope;
use serde::Deserialize;

use crate::edge::backend::Backend;
use crate::edge::context::json::body_with;
use crate::edge::context::members::{Kind, Member};
use crate::edge::context::request::RequestContext;
use crate::edge::http::answer::Answer;
use crate::edge::http::error::HttpResult;
use crate::edge::routes::route::PathValue;

/// The body of a request for a token.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TokenRequest {
    scopes: Vec<TokenScope>,
    #[serde(default)]
    expires_in_minutes: Option<i32>,
}

/// The scopes of the newest version of the service.
const SCOPES: &[&str] = &["chat", "voip", "chat.join", "chat.join.limited", "voip.join"];

const MEMBERS: &[Member] = &[
    Member::new("scopes", Kind::SomeOf(SCOPES)).required(),
    Member::new("expiresInMinutes", Kind::Between(60, 1440)).or_null(),
];

pub(super) async fn issue(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let wanted: TokenRequest = body_with(request, MEMBERS)?;
    let wanted = IssueAccessTokenRequest { scopes: Some(wanted.scopes), expires_in_minutes: wanted.expires_in_minutes };
    let (core, caller) = (&backend.core, request.caller.caller());
    let id = core.directory.existing(caller, request.value(PathValue::Id)).await?;
    let token = core.identities.issue(caller, ApiVersion::newest(), &id, wanted, request.token_times()).await?;
    Answer::secret(&token)
}

pub(super) async fn revoke(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let (core, caller) = (&backend.core, request.caller.caller());
    let id = core.directory.existing(caller, request.value(PathValue::Id)).await?;
    core.identities.revoke(caller, &id).await?;
    Ok(Answer::no_content())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scopes_are_those_of_the_newest_version() {
        assert_eq!(TokenScope::KNOWN.map(|scope| scope.as_str().to_owned()), *SCOPES);
        assert!(ApiVersion::newest().join_scopes && ApiVersion::newest().expiry);
    }
}
