//! Makes and sends the requests of all operations.

use azure_core::credentials::Secret;
use azure_core::http::{Context, Method, RawResponse, Request};

use super::CommunicationIdentityClient;
use super::endpoint::require_https;
use crate::operation::Repeat;
use crate::sender::Sender;

impl CommunicationIdentityClient {
    pub(crate) fn request(&self, method: Method, path: &str) -> azure_core::Result<Request> {
        let mut url = self.endpoint.clone();
        // If a gateway is in front of the service, the endpoint may have a path.
        let prefix = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{prefix}{path}"));
        url.query_pairs_mut().append_pair("api-version", &self.api_version);
        let mut request = Request::new(url, method);
        request.insert_header("accept", "application/json");
        Ok(request)
    }

    pub(crate) async fn send(
        &self,
        ctx: &Context<'_>,
        request: Request,
        success_codes: &'static [u16],
    ) -> azure_core::Result<RawResponse> {
        send_through(&self.pipeline, ctx, request, success_codes).await
    }

    /// Sends a request that creates an identity. It is sent again only if it cannot have been processed.
    pub(crate) async fn send_creation(
        &self,
        ctx: &Context<'_>,
        request: Request,
        success_codes: &'static [u16],
    ) -> azure_core::Result<RawResponse> {
        self.pipeline.send(ctx, request, success_codes, Repeat::IfUnprocessed).await
    }

    /// Sends a request that deletes an identity. If it was sent again, there may be nothing left to delete.
    pub(crate) async fn send_deletion(
        &self,
        ctx: &Context<'_>,
        request: Request,
        success_codes: &'static [u16],
    ) -> azure_core::Result<RawResponse> {
        self.pipeline.send(ctx, request, success_codes, Repeat::Deletion).await
    }

    /// Exchanges the token of a user. The token authenticates the request.
    pub(super) async fn exchange(
        &self,
        ctx: &Context<'_>,
        path: &str,
        token: &Secret,
    ) -> azure_core::Result<RawResponse> {
        // The token is a credential, and without TLS others could read it on the way.
        require_https(&self.endpoint)?;
        let mut request = self.request(Method::Post, path)?;
        request.insert_header("content-type", "application/json");
        request.insert_header("authorization", format!("Bearer {}", token.secret()));
        request.set_body("{}");
        send_through(self.user_pipeline(), ctx, request, &[200]).await
    }
}

/// Sends a request with its own request id. It may be sent again.
pub(super) async fn send_through(
    sender: &Sender,
    ctx: &Context<'_>,
    request: Request,
    success_codes: &'static [u16],
) -> azure_core::Result<RawResponse> {
    sender.send(ctx, request, success_codes, Repeat::Always).await
}
