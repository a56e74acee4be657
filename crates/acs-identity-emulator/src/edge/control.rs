//! What the emulator has beside the service: health, keys for verifying, introspection, tokens of its Entra issuer.

use hyper::Method;
use serde_json::{Value, json};

use super::responses::Answer;
use super::routes::decode_segment;
use super::{Edge, Received};
use crate::core::{EntraTokenRequest, Refusal, Refused};

impl Edge {
    /// What needs no authentication.
    pub(super) fn public(&self, request: &Received) -> Option<Answer> {
        if request.method != Method::GET && request.method != Method::HEAD {
            return None;
        }
        let path = request.path();
        let result = match path {
            "/health" => Ok(json!({"status": "ok", "version": env!("CARGO_PKG_VERSION")})),
            "/.well-known/openid-configuration" => Ok(self.token_metadata()),
            "/.well-known/jwks.json" => self.core.token_key().map(|key| json!({"keys": [key.jwk()]})),
            _ => self.entra_document(path)?,
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

    /// `/{tenant}/v2.0/.well-known/openid-configuration` and `/{tenant}/discovery/v2.0/keys`.
    fn entra_document(&self, path: &str) -> Option<Refused<Value>> {
        let (tenant, rest) = path.strip_prefix('/')?.split_once('/')?;
        let base = &self.base;
        match rest {
            "discovery/v2.0/keys" | "discovery/keys" => {
                Some(self.core.entra_key().map(|key| json!({"keys": [key.jwk()]})))
            }
            "v2.0/.well-known/openid-configuration" | ".well-known/openid-configuration" => Some(Ok(json!({
                "issuer": format!("{base}/{tenant}/v2.0"),
                "jwks_uri": format!("{base}/{tenant}/discovery/v2.0/keys"),
                "id_token_signing_alg_values_supported": ["RS256"],
            }))),
            _ => None,
        }
    }

    /// What needs the access key and is no part of the service.
    pub(super) async fn control(&self, request: &Received) -> Option<Answer> {
        let result = match (&request.method, request.path()) {
            (&Method::POST, "/introspect") => self.introspect(request),
            (&Method::POST, "/emulator/entra-token") => self.entra_token(request).await,
            _ => return None,
        };
        Some(result.unwrap_or_else(Answer::refused))
    }

    fn introspect(&self, request: &Received) -> Refused<Answer> {
        let missing = || Refusal::binding("The body must hold a token: token=…", Some("token"));
        let body = std::str::from_utf8(&request.body).map_err(|_| missing())?;
        let token = body.split('&').find_map(|pair| pair.strip_prefix("token=")).ok_or_else(missing)?;
        let token = decode_segment(&token.replace('+', " ")).ok_or_else(missing)?;
        Ok(Answer::json(200, &self.core.introspect(&token)?).with("cache-control", "no-store"))
    }

    async fn entra_token(&self, request: &Received) -> Refused<Answer> {
        let wanted: EntraTokenRequest = serde_json::from_slice(&request.body)
            .map_err(|error| Refusal::binding(format!("The request body is not valid: {error}."), None))?;
        let token = self.core.issue_entra_token(&self.base, wanted).await?;
        Ok(Answer::json(200, &token).with("cache-control", "no-store"))
    }
}
