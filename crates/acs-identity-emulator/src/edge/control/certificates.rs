//! Lists the certificates in force.

use acs_identity_protocol::time::whole_seconds;
use serde_json::{Value, json};

use crate::edge::backend::Backend;
use crate::edge::context::request::RequestContext;
use crate::edge::http::answer::Answer;
use crate::edge::http::error::HttpResult;
use crate::keys::pki::{DescribedCertificate, Role};

pub(super) fn list(backend: &Backend, _: &RequestContext) -> HttpResult<Answer> {
    let value: Vec<Value> = backend.pki.described().into_iter().map(shown).collect();
    Answer::json(200, &json!({"value": value}))
}

fn shown(certificate: DescribedCertificate) -> Value {
    let names: Vec<String> = certificate.names.iter().map(ToString::to_string).collect();
    json!({
        "role": match certificate.role {
            Role::Authority => "authority",
            Role::Server => "server",
        },
        "isOwn": certificate.is_own,
        "subject": certificate.subject,
        "names": names,
        "notBefore": whole_seconds(certificate.not_before),
        "notAfter": whole_seconds(certificate.not_after),
        "sha256": certificate.sha256,
    })
}
