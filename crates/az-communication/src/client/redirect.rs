//! Redirects as the reference's client (Python azure-core's `RedirectPolicy`) follows them.

use std::sync::Arc;

use async_trait::async_trait;
use azure_core::error::{Error, ErrorKind};
use azure_core::http::policies::{Policy, PolicyResult};
use azure_core::http::{Context, Method, Request, Url};

use super::header;

const MAX_REDIRECTS: usize = 30;

/// The policy. It stands before retries and signing, so that the request is signed anew for the other host.
#[derive(Debug)]
pub(super) struct RedirectPolicy;

#[async_trait]
impl Policy for RedirectPolicy {
    async fn send(&self, ctx: &Context, request: &mut Request, next: &[Arc<dyn Policy>]) -> PolicyResult {
        for _ in 0..=MAX_REDIRECTS {
            let response = next[0].send(ctx, request, &next[1..]).await?;
            let status = u16::from(response.status());
            let follows = match status {
                301 | 302 => matches!(request.method(), Method::Get | Method::Head),
                300 | 303 | 307 | 308 => true,
                _ => false,
            };
            let location = header::optional(response.headers(), "location").map(str::to_owned);
            let Some(location) = location.filter(|location| follows && !location.is_empty()) else {
                return Ok(response);
            };
            let target = Url::parse(&location).ok().or_else(|| {
                let mut url = request.url().clone();
                let (path, query) = location.split_once('?').map_or((location.as_str(), None), |(p, q)| (p, Some(q)));
                url.set_path(path);
                url.set_query(query);
                Some(url)
            });
            let Some(target) = target.filter(|target| target.scheme() == request.url().scheme()) else {
                let message = format!("The response redirects to '{location}', which is not followed.");
                return Err(Error::with_message(ErrorKind::Other, message));
            };
            *request.url_mut() = target;
            if status == 303 {
                request.set_method(Method::Get);
            }
        }
        Err(Error::with_message(ErrorKind::Other, "Reached maximum redirect attempts."))
    }
}
