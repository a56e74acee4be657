//! The last policy of the pipeline: limits of time and size around the transport.

use std::sync::Arc;

use async_trait::async_trait;
use azure_core::error::{Error, ErrorKind, check_success};
use azure_core::http::policies::{Policy, PolicyResult};
use azure_core::http::{AsyncRawResponse, Context, RawResponse, Request, StatusCode, Transport};
use futures::StreamExt as _;

use super::retry_after;
use crate::failure::{innermost, is_about_a_certificate, is_about_tls, why_lost};
use crate::operation::{Failed, Operation, Repeat, retries};
use crate::timer;

/// The longest body of an answer. A page of a list is much smaller.
const MAX_BODY: usize = 4 * 1024 * 1024;

/// Checks whether the service may have processed a request that it answers with this status.
fn may_be_processed(status: StatusCode) -> bool {
    status == StatusCode::RequestTimeout || status.is_server_error()
}

/// Limits each try, notes how it ended, and tells the retry policy by the kind of an error whether to send the request
/// again.
#[derive(Debug)]
pub(crate) struct BoundedTransport {
    inner: Transport,
}

impl BoundedTransport {
    pub(crate) fn new(inner: Transport) -> Self {
        Self { inner }
    }

    async fn exchange(&self, ctx: &Context<'_>, request: &mut Request) -> azure_core::Result<RawResponse> {
        let (status, headers, mut body) = self.inner.send(ctx, request).await?.deconstruct();
        // The first piece is in memory already, so it is not copied, and its size does not matter.
        let first = body.next().await.transpose()?.unwrap_or_default();
        let Some(second) = body.next().await.transpose()? else {
            return Ok(RawResponse::from_bytes(status, headers, first));
        };
        let mut bytes = first.to_vec();
        let mut piece = second;
        loop {
            if piece.len() > MAX_BODY.saturating_sub(bytes.len()) {
                let message = format!("the answer is larger than {} MiB", MAX_BODY >> 20);
                return Err(Error::with_message(ErrorKind::Other, message));
            }
            bytes.extend_from_slice(&piece);
            match body.next().await.transpose()? {
                Some(next) => piece = next,
                None => return Ok(RawResponse::from_bytes(status, headers, bytes)),
            }
        }
    }
}

/// Returns how a try failed, and whether the service may have processed it.
fn outcome(result: &azure_core::Result<RawResponse>) -> (Option<Failed>, bool) {
    match result {
        Ok(response) if response.status().is_success() => (None, false),
        Ok(response) => (Some(Failed::Refused(response.clone())), may_be_processed(response.status())),
        Err(error) if is_about_a_certificate(error) => (Some(Failed::Certificate(innermost(error))), false),
        Err(error) if is_about_tls(error) => (Some(Failed::NoTls(innermost(error))), false),
        Err(error) if *error.kind() == ErrorKind::Connection => (Some(Failed::Unconnected(innermost(error))), false),
        Err(error) => (Some(Failed::Lost(why_lost(error))), true),
    }
}

/// Checks whether a further try would fail alike. "Too large" are the words of hyper about the head of an answer.
fn stays(failed: &Failed) -> bool {
    match failed {
        Failed::Certificate(_) | Failed::NoTls(_) => true,
        Failed::Lost(cause) => cause.contains("too large"),
        Failed::Unconnected(_) | Failed::Refused(_) => false,
    }
}

#[async_trait]
impl Policy for BoundedTransport {
    async fn send(&self, ctx: &Context, request: &mut Request, _: &[Arc<dyn Policy>]) -> PolicyResult {
        let Some(operation) = Operation::of(ctx) else { return self.inner.send(ctx, request).await };
        let was_unknown = operation.state().begin_try();
        let limit = operation.timeouts.attempt;
        let result = timer::within(limit, self.exchange(ctx, request)).await.unwrap_or_else(|| {
            let seconds = limit.unwrap_or_default().as_secs_f64();
            Err(Error::with_message(ErrorKind::Io, format!("no complete answer within {seconds} s")))
        });
        let (failed, unknown) = outcome(&result);
        let stays = failed.as_ref().is_some_and(stays);
        {
            let mut state = operation.state();
            if failed.is_some() {
                state.secrets.add_those_of(request);
            }
            state.failed = failed;
            // The caller's own policies may have sent the request before.
            state.unknown = was_unknown || unknown;
        }
        let is_final = stays || (unknown && operation.repeat == Repeat::IfUnprocessed);
        let response = result.map(|response| {
            let (status, mut headers, body) = response.deconstruct();
            if retries(ctx) {
                retry_after::normalize(&mut headers);
            }
            AsyncRawResponse::from_bytes(status, headers, body)
        });
        match response {
            response if !is_final || !retries(ctx) => response,
            Ok(response) => check_success(response, None).await,
            // The retry policy sends requests again after errors of input and output only.
            Err(error) => Err(Error::with_error(ErrorKind::Other, error, "the request is not sent again")),
        }
    }
}
