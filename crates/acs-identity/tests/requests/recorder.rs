//! A transport that records requests and has an answer for each.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use acs_identity::{CommunicationIdentityClient, CommunicationIdentityClientOptions};
use azure_core::credentials::Secret;
use azure_core::error::{Error, ErrorKind};
use azure_core::http::headers::{HeaderName, Headers};
use azure_core::http::{
    AsyncRawResponse, Body, ClientOptions, FixedRetryOptions, HttpClient, Request, RetryOptions, StatusCode, Transport,
};

/// A key for clients: `secret key` in base64.
pub const KEY: &str = "c2VjcmV0IGtleQ==";

/// A request as it was sent.
#[derive(Debug, Clone)]
pub struct Sent {
    pub method: String,
    pub url: String,
    pub body: String,
    pub authorization: Option<String>,
    pub content_type: Option<String>,
    signed: String,
}

impl Sent {
    /// Checks whether the request was signed with this key.
    pub fn is_signed_with(&self, key: &str) -> bool {
        let key: acs_identity::connection_string::AccessKey = key.parse().unwrap();
        let target = self.url.split_once("//").and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..])).unwrap();
        let text = format!("{}\n{target}\n{}", self.method, self.signed);
        let signature = self.authorization.as_deref().and_then(|text| text.split_once("Signature="));
        key.verify(&text, signature.unwrap().1)
    }
}

type Reply = Box<dyn FnOnce() -> azure_core::Result<AsyncRawResponse> + Send>;

/// The recorded requests, and the answers that are left.
#[derive(Clone, Default)]
pub struct Recorder {
    sent: Arc<Mutex<Vec<Sent>>>,
    replies: Arc<Mutex<VecDeque<Reply>>>,
}

impl std::fmt::Debug for Recorder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Recorder")
    }
}

impl Recorder {
    /// Adds an answer.
    pub fn answer(self, status: u16, body: &str) -> Self {
        self.does(status, body, || {})
    }

    /// Adds an answer, before which something is done.
    pub fn does(self, status: u16, body: &str, first: impl FnOnce() + Send + 'static) -> Self {
        let body = body.to_owned();
        self.replies.lock().unwrap().push_back(Box::new(move || {
            first();
            let mut headers = Headers::new();
            headers.insert("content-type", "application/json");
            Ok(AsyncRawResponse::from_bytes(StatusCode::from(status), headers, body))
        }));
        self
    }

    /// Returns what was sent.
    pub fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }

    /// Returns the options of a client that uses this transport. A request is sent again once, without waiting.
    pub fn options(&self) -> CommunicationIdentityClientOptions {
        let mut options = CommunicationIdentityClientOptions::default();
        let again = FixedRetryOptions { max_retries: 1, delay: azure_core::time::Duration::ZERO, ..Default::default() };
        options.client_options = ClientOptions {
            transport: Some(Transport::new(Arc::new(self.clone()))),
            retry: RetryOptions::fixed(again),
            ..Default::default()
        };
        options
    }

    /// Returns a client with the default api-version.
    pub fn client(&self) -> CommunicationIdentityClient {
        self.client_of("https://contoso.communication.azure.com", "")
    }

    /// Returns a client with an api-version.
    pub fn client_of(&self, endpoint: &str, api_version: &str) -> CommunicationIdentityClient {
        let mut options = self.options();
        if !api_version.is_empty() {
            options.api_version = api_version.into();
        }
        CommunicationIdentityClient::with_access_key(endpoint, &Secret::new(KEY), Some(options)).unwrap()
    }
}

#[async_trait::async_trait]
impl HttpClient for Recorder {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let body = match request.body() {
            Body::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            _ => "a stream".to_owned(),
        };
        let header = |name: &'static str| request.headers().get_optional_string(&HeaderName::from_static(name));
        self.sent.lock().unwrap().push(Sent {
            method: request.method().to_string(),
            url: request.url().to_string(),
            body,
            authorization: header("authorization"),
            content_type: header("content-type"),
            signed: format!(
                "{};{};{}",
                header("x-ms-date").unwrap_or_default(),
                request.url().host_str().unwrap(),
                header("x-ms-content-sha256").unwrap_or_default()
            ),
        });
        let reply = self.replies.lock().unwrap().pop_front();
        reply.map_or_else(|| Err(Error::with_message(ErrorKind::Other, "there is no answer left")), |reply| reply())
    }
}
