//! The pipeline policy that signs requests with an access key.

use std::sync::{Arc, PoisonError, RwLock};

use acs_identity_protocol::AccessKey;
use async_trait::async_trait;
use azure_core::error::{Error, ErrorKind};
use azure_core::http::policies::{Policy, PolicyResult};
use azure_core::http::{Body, Context, Request};
use azure_core::time::OffsetDateTime;

use crate::operation::Operation;

/// Signs each try of a request again, because the date is part of the signature (docs/service.md, section 2.1).
#[derive(Debug)]
pub(crate) struct AccessKeyPolicy {
    access_key: RwLock<AccessKey>,
}

impl AccessKeyPolicy {
    pub(crate) fn new(access_key: AccessKey) -> Self {
        Self { access_key: RwLock::new(access_key) }
    }

    /// Replaces the key. The next try of every request is signed with it.
    pub(crate) fn replace(&self, access_key: AccessKey) {
        *self.access_key.write().unwrap_or_else(PoisonError::into_inner) = access_key;
    }
}

#[async_trait]
impl Policy for AccessKeyPolicy {
    async fn send(&self, ctx: &Context, request: &mut Request, next: &[Arc<dyn Policy>]) -> PolicyResult {
        let Body::Bytes(body) = request.body() else {
            return Err(Error::with_message(ErrorKind::Other, "a streamed body cannot be signed"));
        };
        let host = match (request.url().host_str(), request.url().port()) {
            (Some(host), Some(port)) => format!("{host}:{port}"),
            (Some(host), None) => host.to_owned(),
            (None, _) => return Err(Error::with_message(ErrorKind::Other, "the request URL has no host")),
        };
        let target = request.path_and_query();
        let headers = self.access_key.read().unwrap_or_else(PoisonError::into_inner).sign_request(
            request.method().as_str(),
            &target,
            &host,
            body,
            OffsetDateTime::now_utc(),
        );
        for (name, value) in headers {
            request.insert_header(name, value);
        }
        // The SDK for Python sends this header, too, and only with access keys (docs/service.md, section 12).
        request.insert_header("x-ms-return-client-request-id", "true");
        let result = next[0].send(ctx, request, &next[1..]).await;
        if let (Some(operation), false) =
            (Operation::of(ctx), result.as_ref().is_ok_and(|answer| answer.status().is_success()))
        {
            let key = self.access_key.read().unwrap_or_else(PoisonError::into_inner).to_base64();
            operation.state().secrets.add(&key);
        }
        result
    }
}
