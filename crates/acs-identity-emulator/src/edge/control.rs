//! What the emulator has beside the service: health, its description, keys for verifying, introspection, tokens of its Entra
//! issuer, new access keys.

use acs_identity_protocol::api_version::ApiVersion;
use acs_identity_protocol::{AccessKey, ConnectionString};
use hyper::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::body::body;
use super::openapi;
use super::responses::Answer;
use super::routes::decode_segment;
use super::{Edge, Received};
use crate::core::{EntraTokenRequest, Refusal, Refused};
use crate::store::{AccessSlot, Caller};

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
    /// What needs no authentication.
    pub(super) async fn public(&self, request: &Received) -> Option<Answer> {
        const PUBLIC: [&str; 4] =
            ["/health", "/openapi.json", "/.well-known/openid-configuration", "/.well-known/jwks.json"];
        let path = request.path();
        if PUBLIC.contains(&path) && request.method != Method::GET && request.method != Method::HEAD {
            return Some(Answer::not_allowed(&request.method, "GET, HEAD"));
        }
        let result = match path {
            "/health" => Ok(json!({"status": "ok", "version": env!("CARGO_PKG_VERSION")})),
            "/openapi.json" if request.query().is_empty() => openapi::describe(ApiVersion::newest()),
            "/openapi.json" => self.version(request).and_then(openapi::describe),
            "/.well-known/openid-configuration" => Ok(self.token_metadata()),
            "/.well-known/jwks.json" => self.core.token_jwks().await,
            _ => return None,
        };
        Some(match result {
            Ok(value) => Answer::json(200, &value),
            Err(refusal) => Answer::refused(refusal),
        })
    }

    fn token_metadata(&self) -> Value {
        let base = &self.base;
        json!({
            "issuer": base,
            "jwks_uri": format!("{base}/.well-known/jwks.json"),
            "introspection_endpoint": format!("{base}/introspect"),
            "id_token_signing_alg_values_supported": ["RS256"],
        })
    }

    /// What needs the access key and is not a part of the service.
    pub(super) async fn control(&self, caller: Caller, request: &Received) -> Option<Answer> {
        const OURS: [&str; 4] =
            ["/introspect", "/emulator/entra-token", "/emulator/list-keys", "/emulator/regenerate-key"];
        if OURS.contains(&request.path()) && request.method != Method::POST {
            return Some(Answer::not_allowed(&request.method, "POST"));
        }
        let result = match request.path() {
            "/introspect" => self.introspect(caller, request).await,
            "/emulator/entra-token" => self.entra_token(request).await,
            "/emulator/list-keys" => self.list_keys(),
            "/emulator/regenerate-key" => self.regenerate_key(caller, request).await,
            _ => return None,
        };
        Some(result.unwrap_or_else(Answer::refused))
    }

    async fn introspect(&self, caller: Caller, request: &Received) -> Refused<Answer> {
        let missing = || Refusal::binding("The body must hold a token: token=…", Some("token"));
        let form = std::str::from_utf8(&request.body).map_err(|_| missing())?;
        let token = form.split('&').find_map(|pair| pair.strip_prefix("token=")).ok_or_else(missing)?;
        let token = decode_segment(&token.replace('+', " ")).ok_or_else(missing)?;
        Ok(Answer::json(200, &self.core.introspect(caller, &token).await?).with("cache-control", "no-store"))
    }

    async fn entra_token(&self, request: &Received) -> Refused<Answer> {
        let wanted: EntraTokenRequest = body(request)?;
        let token = self.core.issue_entra_token(&self.base, wanted).await?;
        Ok(Answer::json(200, &token).with("cache-control", "no-store"))
    }

    async fn regenerate_key(&self, caller: Caller, request: &Received) -> Refused<Answer> {
        let wanted: RegenerateKeyRequest = body(request)?;
        let slot = match wanted.key_type {
            KeyType::Primary => AccessSlot::Primary,
            KeyType::Secondary => AccessSlot::Secondary,
        };
        self.core.regenerate_key(caller, slot).await?;
        self.list_keys()
    }

    /// The access keys, as Azure Resource Manager's `listKeys` names them.
    fn list_keys(&self) -> Refused<Answer> {
        let (primary, secondary) =
            (self.core.access_keys.get(AccessSlot::Primary), self.core.access_keys.get(AccessSlot::Secondary));
        let connection = |key: &AccessKey| ConnectionString::format(&self.base, key);
        let keys = json!({
            "primaryKey": primary.to_base64(),
            "secondaryKey": secondary.to_base64(),
            "primaryConnectionString": connection(&primary),
            "secondaryConnectionString": connection(&secondary),
        });
        Ok(Answer::json(200, &keys).with("cache-control", "no-store"))
    }
}
