//! The pipeline policy that signs requests with an access key.

use std::sync::Arc;

use acs_identity_protocol::{AccessKey, signature, time};
use async_trait::async_trait;
use azure_core::error::{Error, ErrorKind};
use azure_core::http::policies::{Policy, PolicyResult};
use azure_core::http::{Body, Context, Request};
use azure_core::time::OffsetDateTime;

/// Signs each try anew, because the date is part of the signature.
#[derive(Debug)]
pub(crate) struct AccessKeyPolicy {
    access_key: AccessKey,
}

impl AccessKeyPolicy {
    pub(crate) fn new(access_key: AccessKey) -> Self {
        Self { access_key }
    }
}

#[async_trait]
impl Policy for AccessKeyPolicy {
    async fn send(&self, ctx: &Context, request: &mut Request, next: &[Arc<dyn Policy>]) -> PolicyResult {
        let Body::Bytes(body) = request.body() else {
            return Err(Error::with_message(ErrorKind::Other, "a streamed body cannot be signed"));
        };
        let content_hash = signature::content_hash(body);
        let date = time::http_date(OffsetDateTime::now_utc());
        let host = match (request.url().host_str(), request.url().port()) {
            (Some(host), Some(port)) => format!("{host}:{port}"),
            (Some(host), None) => host.to_owned(),
            (None, _) => return Err(Error::with_message(ErrorKind::Other, "the request URL has no host")),
        };
        let string_to_sign = signature::string_to_sign(
            request.method().as_str(),
            &request.path_and_query(),
            &[&date, &host, &content_hash],
        );
        let authorization = signature::authorization(&self.access_key.sign(&string_to_sign));
        request.insert_header(signature::DATE_HEADER, date);
        request.insert_header(signature::CONTENT_HASH_HEADER, content_hash);
        request.insert_header("authorization", authorization);
        next[0].send(ctx, request, &next[1..]).await
    }
}
