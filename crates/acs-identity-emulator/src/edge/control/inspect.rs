//! Explains a token to its owner: what it contains, whether the emulator accepts it, and why not.

use acs_identity_protocol::time::seven_decimals;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::explanations::{self, Reason};
use crate::core::{Inspection, Verdict};
use crate::edge::backend::Backend;
use crate::edge::context::json::body_with;
use crate::edge::context::members::{Kind, Member};
use crate::edge::context::request::RequestContext;
use crate::edge::http::answer::Answer;
use crate::edge::http::error::HttpResult;
use crate::keys::signing::Signature;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InspectRequest {
    token: String,
}

/// The kind of a token.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
enum TokenKind {
    /// The service issues it to a user.
    Access,
    /// Any other JWT.
    Entra,
    /// It is not a JWT.
    #[default]
    Malformed,
}

/// What is known about a token. The header and the claims are shown as they are, also if the signature is wrong.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Inspected {
    kind: TokenKind,
    header: Option<Map<String, Value>>,
    claims: Option<Map<String, Value>>,
    signature: Option<Signature>,
    active: bool,
    reason: Option<Reason>,
    explanation: Option<String>,
    issued_at: Option<String>,
    expires_at: Option<String>,
    /// Negative if it has expired.
    seconds_left: Option<i64>,
}

pub(super) async fn inspect(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    let wanted: InspectRequest = body_with(request, &[Member::new("token", Kind::Text).required()])?;
    // Those who copy a token often copy a line break with it.
    let inspected = backend.core.inspect(request.caller.caller(), wanted.token.trim()).await?;
    Answer::secret(&match inspected {
        Ok(inspection) => Inspected::of(inspection),
        Err(why) => Inspected {
            reason: Some("malformed"),
            explanation: Some(explanations::of_no_token(why)),
            ..Inspected::default()
        },
    })
}

impl Inspected {
    fn of(inspection: Inspection) -> Self {
        let Inspection { jwt, signature, verdict, expires, now } = inspection;
        let (kind, (reason, explanation)) = match verdict {
            Verdict::Access(reason) => (TokenKind::Access, explanations::of_access_token(reason, now)),
            Verdict::Entra(uses) => (TokenKind::Entra, explanations::of_entra_token(uses, signature, now)),
        };
        Self {
            kind,
            signature: Some(signature),
            active: reason.is_none(),
            reason,
            explanation: Some(explanation),
            issued_at: jwt.claim_seconds("iat").and_then(shown_time),
            expires_at: expires.and_then(shown_time),
            seconds_left: expires
                .filter(|at| shown_time(*at).is_some())
                .map(|at| at.saturating_sub(now.unix_timestamp())),
            header: Some(jwt.header),
            claims: Some(jwt.payload),
        }
    }
}

/// Returns a time in seconds since 1970 as it is shown, if it is one.
fn shown_time(seconds: i64) -> Option<String> {
    OffsetDateTime::from_unix_timestamp(seconds).ok().map(seven_decimals)
}
