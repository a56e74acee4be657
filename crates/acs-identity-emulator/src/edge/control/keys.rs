//! Lists and regenerates the access keys.

use acs_identity_protocol::{AccessKey, ConnectionString};
use serde::Deserialize;
use serde_json::json;

use crate::core::Replaced;
use crate::edge::backend::Backend;
use crate::edge::context::json::body_with;
use crate::edge::context::members::{Kind, Member};
use crate::edge::context::request::RequestContext;
use crate::edge::http::answer::Answer;
use crate::edge::http::error::HttpResult;
use crate::store::AccessSlot;

/// The body of Azure Resource Manager's `regenerateKey` for communication services.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RegenerateKeyRequest {
    key_type: KeyType,
}

const KEY_TYPE: Member =
    Member::new("keyType", Kind::OneOf(&["Primary", "Secondary"], &["primary", "secondary"])).required();

#[derive(Deserialize)]
enum KeyType {
    #[serde(alias = "primary")]
    Primary,
    #[serde(alias = "secondary")]
    Secondary,
}

pub(super) async fn regenerate(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let wanted: RegenerateKeyRequest = body_with(request, &[KEY_TYPE])?;
    let slot = match wanted.key_type {
        KeyType::Primary => AccessSlot::Primary,
        KeyType::Secondary => AccessSlot::Secondary,
    };
    let core = &backend.core;
    core.history.counting(Replaced::Key, core.access_keys.regenerate(request.caller.caller(), slot)).await?;
    list(backend, request)
}

/// Returns the access keys, as Azure Resource Manager's `listKeys` names them.
pub(super) fn list(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let keys = &backend.core.access_keys;
    let (primary, secondary) = (keys.get(AccessSlot::Primary), keys.get(AccessSlot::Secondary));
    let base = backend.base_of(request);
    let connection = |key: &AccessKey| ConnectionString::format(&base, key);
    Answer::secret(&json!({
        "primaryKey": primary.to_base64(),
        "secondaryKey": secondary.to_base64(),
        "primaryConnectionString": connection(&primary),
        "secondaryConnectionString": connection(&secondary),
    }))
}
