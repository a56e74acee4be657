//! The pipeline policy after the credential.

use std::sync::Arc;

use async_trait::async_trait;
use azure_core::http::policies::{Policy, PolicyResult};
use azure_core::http::{Context, Request};

use crate::operation::Operation;

/// Lets the time of the operation continue. [`PacePolicy`](super::PacePolicy) stopped it before the credential, which
/// may ask a user to sign in.
#[derive(Debug)]
pub(crate) struct SignedInPolicy;

#[async_trait]
impl Policy for SignedInPolicy {
    async fn send(&self, ctx: &Context, request: &mut Request, next: &[Arc<dyn Policy>]) -> PolicyResult {
        if let Some(operation) = Operation::of(ctx) {
            operation.resume();
        }
        next[0].send(ctx, request, &next[1..]).await
    }
}
