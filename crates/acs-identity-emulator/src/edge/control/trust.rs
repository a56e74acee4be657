//! Says with which files clients trust the emulator, which clients do, and which do not.

use std::path::PathBuf;

use acs_identity_protocol::time::seven_decimals;
use serde_json::{Value, json};

use crate::edge::backend::Backend;
use crate::edge::context::request::RequestContext;
use crate::edge::http::answer::Answer;
use crate::edge::http::error::HttpResult;

pub(super) fn show(backend: &Backend, _: &RequestContext) -> HttpResult<Answer> {
    let files = backend.dashboard.trust_files().cloned().unwrap_or_default();
    let path = |path: Option<PathBuf>| path.map(|path| path.to_string_lossy().into_owned());
    let secrets = backend.core.secrets.now();
    let clients: Vec<Value> = backend
        .tls_clients
        .seen()
        .into_iter()
        .map(|(client, seen)| {
            json!({
                "client": client.name(),
                "lastSeen": seven_decimals(seen.at),
                "userAgent": secrets.hide(&seen.agent),
            })
        })
        .collect();
    let refused: Vec<Value> = backend
        .tls_clients
        .refused()
        .into_iter()
        .map(|refused| {
            json!({
                "time": seven_decimals(refused.at),
                "peer": refused.peer.to_string(),
                "reason": refused.reason,
            })
        })
        .collect();
    Answer::json(
        200,
        &json!({
            "certificate": path(files.certificate),
            "bundle": path(files.bundle),
            "javaTrustStore": path(files.java_trust_store),
            "publicUrl": backend.config.public_base(),
            "plainHttp": backend.config.plain_http,
            "clients": clients,
            "refused": refused,
        }),
    )
}
