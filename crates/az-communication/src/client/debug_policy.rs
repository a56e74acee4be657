//! What `--debug` shows of a request and its answer. Signatures, tokens and keys are left out.

use std::sync::Arc;
use std::time::Instant;

use acs_identity_protocol::signature;
use async_trait::async_trait;
use azure_core::http::headers::Headers;
use azure_core::http::policies::{Policy, PolicyResult};
use azure_core::http::{Context, Request};

use crate::printer::Printer;

use super::header;

/// The policy. It stands behind signing and right before the transport.
#[derive(Debug)]
pub(super) struct DebugPolicy {
    pub(super) printer: Printer,
}

const REDACTED: &str = "*****";

fn is_secret(name: &str) -> bool {
    ["authorization", "cookie", "set-cookie", "proxy-authorization"].contains(&name)
}

impl DebugPolicy {
    fn headers(&self, headers: &Headers) {
        for (name, value) in headers.iter().filter(|(name, _)| name.as_str() != header::REASON) {
            let value = if is_secret(name.as_str()) { REDACTED } else { value.as_str() };
            self.printer.debug(&format!("    '{}': '{value}'", name.as_str()));
        }
    }
}

#[async_trait]
impl Policy for DebugPolicy {
    async fn send(&self, ctx: &Context, request: &mut Request, next: &[Arc<dyn Policy>]) -> PolicyResult {
        let method = request.method();
        self.printer.debug(&format!("Request URL: '{}'", request.url()));
        self.printer.debug(&format!("Request method: '{}'", method.as_str()));
        self.printer.debug("Request headers:");
        self.headers(request.headers());
        let signed = |name: &'static str| header::optional(request.headers(), name);
        if let (Some(date), Some(hash)) = (signed(signature::DATE_HEADER), signed(signature::CONTENT_HASH_HEADER)) {
            let url = request.url();
            let host = url.host_str().unwrap_or_default();
            let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
            let text = signature::string_to_sign(method.as_str(), &request.path_and_query(), &[date, &host, hash]);
            self.printer.debug(&format!("String to sign: {text:?}"));
        }
        let started = Instant::now();
        let response = next[0].send(ctx, request, &next[1..]).await?;
        let elapsed = started.elapsed().as_secs_f64();
        self.printer.debug(&format!("Response status: {} after {elapsed:.3} s", u16::from(response.status())));
        self.printer.debug("Response headers:");
        self.headers(response.headers());
        Ok(response)
    }
}
