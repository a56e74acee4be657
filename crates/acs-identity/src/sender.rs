//! Sends requests: the pipeline, and the limits of each call.

use std::sync::Arc;

use azure_core::Uuid;
use azure_core::error::CheckSuccessOptions;
use azure_core::http::headers::{CLIENT_REQUEST_ID, Header as _, Headers};
use azure_core::http::policies::Policy;
use azure_core::http::request::options::ClientRequestId;
use azure_core::http::{
    ClientOptions, Context, Pipeline, PipelineSendOptions, RawResponse, Request, StatusCode, Transport,
};

use crate::failure::{explained, has_deleted, out_of_time};
use crate::operation::{Operation, Repeat};
use crate::policies::{BoundedTransport, PacePolicy, SignedInPolicy};
use crate::timeouts::Timeouts;

/// A pipeline, and how long a call of an operation waits for it.
#[derive(Clone)]
pub(crate) struct Sender {
    pipeline: Pipeline,
    timeouts: Timeouts,
}

impl Sender {
    pub(crate) fn new(mut options: ClientOptions, timeouts: Timeouts, auth_policy: Option<Arc<dyn Policy>>) -> Self {
        let (name, version) = (option_env!("CARGO_PKG_NAME"), option_env!("CARGO_PKG_VERSION"));
        let transport = BoundedTransport::new(options.transport.take().unwrap_or_default());
        options.transport = Some(Transport::with_policy(Arc::new(transport)));
        let mut per_try: Vec<Arc<dyn Policy>> = vec![Arc::new(PacePolicy::new(timeouts.pause))];
        per_try.extend(auth_policy);
        per_try.push(Arc::new(SignedInPolicy));
        Self { pipeline: Pipeline::new(name, version, options, Vec::new(), per_try, None), timeouts }
    }

    pub(crate) fn timeouts(&self) -> Timeouts {
        self.timeouts
    }

    /// Sends a request with its own request id.
    pub(crate) async fn send(
        &self,
        ctx: &Context<'_>,
        mut request: Request,
        success_codes: &'static [u16],
        repeat: Repeat,
    ) -> azure_core::Result<RawResponse> {
        // The pipeline would add the id, too. But it first creates an error for the missing header, and the backtrace
        // of that error costs milliseconds if `RUST_BACKTRACE` is set.
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
            Some(Err(error)) if has_deleted(&error, &operation) => {
                Ok(RawResponse::from_bytes(StatusCode::NoContent, Headers::new(), ""))
            }
            Some(result) => result.map_err(|error| explained(error, &operation, &url)),
            None => Err(out_of_time(&operation, &url).await),
        }
    }
}
