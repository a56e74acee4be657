//! What needs no authentication: health, the description, the keys that verify tokens, the authority's certificate.

use acs_identity_protocol::api_version::ApiVersion;
use acs_identity_protocol::time::whole_seconds;
use serde_json::{Value, json};

use super::Edge;
use super::context::RequestContext;
use super::openapi;
use super::responses::Answer;
use super::routes::{CONTROL, INTROSPECT, PUBLIC, Public};

impl Edge {
    pub(super) async fn public(&self, public: Public, request: &RequestContext) -> Answer {
        let result = match public {
            Public::Health => self.core.unless_unready().map(|()| self.health()),
            Public::Live => Ok(json!({"status": "ok"})),
            Public::Ready => {
                self.core.unless_unready().map(|()| json!({"status": "ok", "resourceId": self.core.resource_id}))
            }
            Public::OpenApi => {
                let newest = request.head.query().is_empty().then(|| Ok(ApiVersion::newest()));
                let described = newest.unwrap_or_else(|| self.version(request)).and_then(openapi::described);
                return described.map_or_else(Answer::refused, Answer::json_text);
            }
            Public::TokenMetadata => Ok(self.token_metadata(request)),
            Public::TokenKeys => self.core.token_jwks().await,
            Public::Index => Ok(self.index(request)),
            Public::CaCertificate => {
                return Answer::text("application/x-pem-file", self.pki.ca_certificate());
            }
        };
        result.map_or_else(Answer::refused, |value| Answer::json(200, &value))
    }

    fn health(&self) -> Value {
        json!({
            "status": "ok",
            "version": env!("CARGO_PKG_VERSION"),
            "resourceId": self.core.resource_id,
            "certificateNotAfter": whole_seconds(self.pki.not_after()),
        })
    }

    fn token_metadata(&self, request: &RequestContext) -> Value {
        let base = self.base_of(request);
        json!({
            "issuer": base,
            "jwks_uri": format!("{base}/.well-known/jwks.json"),
            "introspection_endpoint": format!("{base}/introspect"),
            "id_token_signing_alg_values_supported": ["RS256"],
        })
    }

    /// What there is beside the service.
    fn index(&self, request: &RequestContext) -> Value {
        let base = self.base_of(request);
        let entry = |method: &str, path: &str| json!({"method": method, "url": format!("{base}{path}")});
        // A path with and without a slash is one.
        let public = PUBLIC.iter().map(|(path, _)| *path).filter(|path| *path != "/emulator");
        let control = CONTROL.iter().map(|(path, _)| *path).chain([INTROSPECT]);
        let entries = public.map(|path| entry("GET", path)).chain(control.map(|path| entry("POST", path)));
        json!({"version": env!("CARGO_PKG_VERSION"), "endpoints": entries.collect::<Vec<_>>()})
    }
}
