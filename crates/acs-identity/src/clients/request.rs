//! Makes and sends the requests of all operations.

use azure_core::Uuid;
use azure_core::error::CheckSuccessOptions;
use azure_core::http::headers::{CLIENT_REQUEST_ID, Header as _};
use azure_core::http::request::options::ClientRequestId;
use azure_core::http::{Context, Method, Pipeline, PipelineSendOptions, RawResponse, Request};

use super::CommunicationIdentityClient;
use crate::failure::{explained, out_of_time};
use crate::operation::{Operation, Repeat};
use crate::timeouts::Timeouts;

/// A pipeline, and how long a call of an operation waits for it.
#[derive(Clone)]
pub(crate) struct Sender {
    pub(super) pipeline: Pipeline,
    pub(super) timeouts: Timeouts,
}

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

impl Sender {
    async fn send(
        &self,
        ctx: &Context<'_>,
        mut request: Request,
        success_codes: &'static [u16],
        repeat: Repeat,
    ) -> azure_core::Result<RawResponse> {
        // The pipeline would add the id, too. But it first creates an error for the missing header, and the backtrace of
        // that error costs milliseconds if `RUST_BACKTRACE` is set.
        let id = match ctx.value::<ClientRequestId>() {
            Some(id) => id.value().as_str().to_owned(),
            None => Uuid::new_v4().to_string(),
        };
        request.insert_header(CLIENT_REQUEST_ID, id);
        let operation = Operation::new(self.timeouts, repeat);
        let mut ctx = ctx.to_borrowed();
        ctx.insert(operation.clone());
        let url = request.url().clone();
        let check_success = CheckSuccessOptions { success_codes };
        let options = PipelineSendOptions { check_success, ..Default::default() };
        match operation.limit(self.pipeline.send(&ctx, &mut request, Some(options))).await {
            Some(result) => result.map_err(|error| explained(error, &operation, &url)),
            None => Err(out_of_time(&operation, &url).await),
        }
    }
}
