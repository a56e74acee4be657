//! What the emulator has beside the service for those who have a key: introspection, tokens of its Entra issuer, new keys.

use acs_identity_protocol::{AccessKey, ConnectionString};
use serde::Deserialize;
use serde_json::json;

use super::Edge;
use super::context::RequestContext;
use super::json::body;
use super::path::query_parameter;
use super::responses::Answer;
use super::routes::Control;
use crate::core::{EntraTokenRequest, Refusal, Refused};
use crate::store::AccessSlot;

/// As in Azure Resource Manager's `regenerateKey` of communication services.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RegenerateKeyRequest {
    key_type: KeyType,
}

#[derive(Deserialize)]
enum KeyType {
    #[serde(alias = "primary")]
    Primary,
    #[serde(alias = "secondary")]
    Secondary,
}

impl Edge {
    pub(super) async fn control(&self, control: Control, request: &RequestContext) -> Refused<Answer> {
        match control {
            Control::EntraToken => self.entra_token(request).await,
            Control::ListKeys => self.list_keys(request),
            Control::RegenerateKey => self.regenerate_key(request).await,
        }
    }

    pub(super) async fn introspect(&self, request: &RequestContext) -> Refused<Answer> {
        let missing = || Refusal::binding("The body must hold a token: token=…", Some("token"));
        let form = std::str::from_utf8(&request.body).map_err(|_| missing())?;
        let token = query_parameter(form, "token").ok_or_else(missing)?;
        Ok(Answer::json(200, &self.core.introspect(request.caller.caller(), &token).await?)
            .with("cache-control", "no-store"))
    }

    async fn entra_token(&self, request: &RequestContext) -> Refused<Answer> {
        let wanted: EntraTokenRequest = body(request)?;
        let token = self.core.issue_entra_token(&self.base_of(request), wanted, request.caller.caller()).await?;
        Ok(Answer::json(200, &token).with("cache-control", "no-store"))
    }

    async fn regenerate_key(&self, request: &RequestContext) -> Refused<Answer> {
        let wanted: RegenerateKeyRequest = body(request)?;
        let slot = match wanted.key_type {
            KeyType::Primary => AccessSlot::Primary,
            KeyType::Secondary => AccessSlot::Secondary,
        };
        self.core.regenerate_key(request.caller.caller(), slot).await?;
        self.list_keys(request)
    }

    /// The access keys, as Azure Resource Manager's `listKeys` names them.
    fn list_keys(&self, request: &RequestContext) -> Refused<Answer> {
        let (primary, secondary) =
            (self.core.access_keys.get(AccessSlot::Primary), self.core.access_keys.get(AccessSlot::Secondary));
        let base = self.base_of(request);
        let connection = |key: &AccessKey| ConnectionString::format(&base, key);
        let keys = json!({
            "primaryKey": primary.to_base64(),
            "secondaryKey": secondary.to_base64(),
            "primaryConnectionString": connection(&primary),
            "secondaryConnectionString": connection(&secondary),
        });
        Ok(Answer::json(200, &keys).with("cache-control", "no-store"))
    }
}
