//! Logs requests and answers for `--verbose`, `--debug` and the log file as the reference does. `--verbose` has the
//! lines of azure-core's HttpLoggingPolicy, `--debug` has the lines of the Azure CLI's SafeNetworkTraceLoggingPolicy.
//! Signatures, tokens and keys are left out.

use std::fmt::Write as _;
use std::sync::Arc;

use acs_identity_protocol::signature;
use async_trait::async_trait;
use azure_core::http::headers::Headers;
use azure_core::http::policies::{Policy, PolicyResult};
use azure_core::http::{AsyncRawResponse, Body, Context, Request, Url};

use crate::report::printer::{Level, Printer};
use crate::report::redact;
use crate::transport::http::header;

/// The policy. It comes after signing and directly before the transport.
#[derive(Debug)]
pub(crate) struct LogPolicy {
    pub(crate) printer: Printer,
}

/// The headers whose values `--verbose` shows. This is the list of azure-core. All other header values are `REDACTED`,
/// and so are all query values.
const SHOWN_HEADERS: [&str; 27] = [
    "x-ms-request-id",
    "x-ms-client-request-id",
    "x-ms-return-client-request-id",
    "x-ms-error-code",
    "traceparent",
    "accept",
    "cache-control",
    "connection",
    "content-length",
    "content-type",
    "date",
    "etag",
    "expires",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-unmodified-since",
    "last-modified",
    "pragma",
    "request-id",
    "retry-after",
    "server",
    "transfer-encoding",
    "user-agent",
    "www-authenticate",
    "x-vss-e2eid",
    "x-msedge-ref",
];

const NOT_SHOWN: &str = "REDACTED";

/// Returns the headers of a message, sorted by name, without headers that only our transport uses. azure_core does not
/// keep the order.
fn headers(headers: &Headers) -> Vec<(&str, &str)> {
    let all = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let mut all: Vec<_> = all.filter(|(name, _)| *name != header::REASON).collect();
    all.sort_unstable();
    all
}

/// Returns the length of a body that the transport will announce.
fn length(request: &Request) -> Option<String> {
    let announced = header::optional(request.headers(), "content-length").is_some();
    (!announced && !body(request).is_empty()).then(|| body(request).len().to_string())
}

fn body(request: &Request) -> &[u8] {
    match request.body() {
        Body::Bytes(bytes) => bytes,
        Body::SeekableStream(_) => &[],
    }
}

/// Returns the address with `REDACTED` instead of each query value.
fn without_values(url: &Url) -> String {
    let mut shown = url.clone();
    shown.set_query(None);
    let mut text = redact::url(&shown);
    for (at, (name, _)) in url.query_pairs().enumerate() {
        let _ = write!(text, "{}{name}={NOT_SHOWN}", if at == 0 { '?' } else { '&' });
    }
    text
}

impl LogPolicy {
    /// Logs a request as one message of many lines, without bodies.
    fn request(&self, request: &Request) {
        let url = without_values(request.url());
        let mut text =
            format!("Request URL: '{url}'\nRequest method: '{}'\nRequest headers:", request.method().as_str());
        if let Some(length) = length(request) {
            let _ = write!(text, "\n    'content-length': '{length}'");
        }
        push_headers(&mut text, request.headers());
        text.push_str(match body(request) {
            [] => "\nNo body was attached to the request",
            _ => "\nA body is sent with the request",
        });
        self.printer.info(&text);
    }

    fn response(&self, response: &AsyncRawResponse) {
        let mut text = format!("Response status: {}\nResponse headers:", u16::from(response.status()));
        push_headers(&mut text, response.headers());
        self.printer.info(&text);
    }

    /// Logs a request as one message per line, with bodies.
    fn trace_request(&self, request: &Request) {
        let say = |text: &str| self.printer.debug(text);
        say(&format!("Request URL: '{}'", redact::url(request.url())));
        say(&format!("Request method: '{}'", request.method().as_str()));
        say("Request headers:");
        if let Some(length) = length(request) {
            say(&format!("    'content-length': '{length}'"));
        }
        self.trace_headers(request.headers());
        say("Request body:");
        match body(request) {
            [] => say("This request has no body"),
            body => say(&readable(body, header::optional(request.headers(), "content-type"))),
        }
        self.trace_signature(request);
    }

    /// Logs the signed text. The reference does not show it, but it explains most refused signatures.
    fn trace_signature(&self, request: &Request) {
        let signed = |name: &'static str| header::optional(request.headers(), name);
        if let (Some(date), Some(hash)) = (signed(signature::DATE_HEADER), signed(signature::CONTENT_HASH_HEADER)) {
            let url = request.url();
            let host = url.host_str().unwrap_or_default();
            let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
            let method = request.method();
            let text = signature::string_to_sign(method.as_str(), &request.path_and_query(), &[date, &host, hash]);
            self.printer.debug(&format!("String to sign: {:?}", redact::text(&text)));
        }
    }

    fn trace_headers(&self, of: &Headers) {
        for (name, value) in headers(of) {
            self.printer.debug(&format!("    '{name}': '{}'", redact::header(name, value)));
        }
    }

    async fn trace_response(&self, response: AsyncRawResponse) -> azure_core::Result<AsyncRawResponse> {
        self.printer.debug(&format!("Response status: {}", u16::from(response.status())));
        self.printer.debug("Response headers:");
        self.trace_headers(response.headers());
        self.printer.debug("Response content:");
        let whole = response.try_into_raw_response().await?;
        let content_type = header::optional(whole.headers(), "content-type");
        self.printer.debug(&readable(whole.body().as_ref(), content_type));
        let (status, headers, body) = whole.deconstruct();
        Ok(AsyncRawResponse::from_bytes(status, headers, body))
    }
}

fn push_headers(text: &mut String, of: &Headers) {
    for (name, value) in headers(of) {
        let shown = SHOWN_HEADERS.contains(&name.to_ascii_lowercase().as_str());
        let value = if shown { redact::text(value) } else { NOT_SHOWN.into() };
        let _ = write!(text, "\n    '{name}': '{value}'");
    }
}

/// Returns a body as text without its secrets.
fn readable(body: &[u8], content_type: Option<&str>) -> String {
    let kind = content_type.unwrap_or_default().trim().to_ascii_lowercase();
    if kind.ends_with("octet-stream") {
        return "Body contains binary data.".into();
    }
    if kind.starts_with("image") {
        return "Body contains image data.".into();
    }
    let text = String::from_utf8_lossy(body);
    match kind.starts_with("application/x-www-form-urlencoded") {
        true => redact::form(&text).into_owned(),
        false => redact::text(&text).into_owned(),
    }
}

#[async_trait]
impl Policy for LogPolicy {
    async fn send(&self, ctx: &Context, request: &mut Request, next: &[Arc<dyn Policy>]) -> PolicyResult {
        let traces = self.printer.shows(Level::Debug);
        match traces {
            true => self.trace_request(request),
            false => self.request(request),
        }
        let response = next[0].send(ctx, request, &next[1..]).await?;
        if traces {
            return self.trace_response(response).await;
        }
        self.response(&response);
        Ok(response)
    }
}
