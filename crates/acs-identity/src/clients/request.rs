//! Makes and sends the requests of all operations.

use azure_core::Uuid;
use azure_core::credentials::Secret;
use azure_core::error::CheckSuccessOptions;
use azure_core::http::headers::{CLIENT_REQUEST_ID, Header as _};
use azure_core::http::request::options::ClientRequestId;
use azure_core::http::{Context, Method, Pipeline, PipelineSendOptions, RawResponse, Request};

use super::CommunicationIdentityClient;
use super::endpoint::require_https;
use crate::refused::with_status_and_code;

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

/// Sends a request with its own request id.
pub(super) async fn send_through(
    pipeline: &Pipeline,
    ctx: &Context<'_>,
    mut request: Request,
    success_codes: &'static [u16],
) -> azure_core::Result<RawResponse> {
    // The pipeline would add the id, too. But it first creates an error for the missing header, and the backtrace of
    // that error costs milliseconds if `RUST_BACKTRACE` is set.
    let id = match ctx.value::<ClientRequestId>() {
        Some(id) => id.value().as_str().to_owned(),
        None => Uuid::new_v4().to_string(),
    };
    request.insert_header(CLIENT_REQUEST_ID, id);
    let check_success = CheckSuccessOptions { success_codes };
    let options = PipelineSendOptions { check_success, ..Default::default() };
    pipeline.send(ctx, &mut request, Some(options)).await.map_err(with_status_and_code)
}
