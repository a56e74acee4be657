//! Makes and sends the requests of all operations.

use azure_core::http::{Context, Method, RawResponse, Request};

use super::CommunicationIdentityClient;
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
