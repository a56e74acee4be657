//! Lists that the service returns in pages, each of which links to the next one (docs/service.md, section 9).

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use azure_core::error::{Error, ErrorKind};
use azure_core::http::pager::{PagerContinuation, PagerOptions, PagerResult, PagerState};
use azure_core::http::{Pager, RawResponse, Request, Url};

use super::CommunicationIdentityClient;
use super::endpoint::has_user_info;
use super::request::send_through;
use crate::models::EntraAssignmentList;

impl CommunicationIdentityClient {
    /// Reads a list of assignments that begins with this request.
    pub(super) fn pages(&self, first: Request, options: PagerOptions<'static>) -> Pager<EntraAssignmentList> {
        let (pipeline, api_version) = (self.pipeline.clone(), self.api_version.clone());
        let read = Arc::new(Mutex::new(HashSet::new()));
        Pager::new(
            move |state: PagerState, options: PagerOptions<'static>| {
                let (pipeline, api_version, read) = (pipeline.clone(), api_version.clone(), read.clone());
                let mut request = first.clone();
                Box::pin(async move {
                    if let PagerState::More(next) = state {
                        let next = checked(request.url(), next, &api_version)?;
                        *request.url_mut() = next;
                    }
                    if !read.lock().unwrap_or_else(PoisonError::into_inner).insert(request.url().clone()) {
                        return Err(Error::with_message(
                            ErrorKind::DataConversion,
                            "the service's link to the next page leads to a page that was read before",
                        ));
                    }
                    let url = request.url().clone();
                    let response = send_through(&pipeline, &options.context, request, &[200]).await?;
                    let (status, headers, body) = response.deconstruct();
                    let page: EntraAssignmentList = azure_core::json::from_json(&body)?;
                    let response = RawResponse::from_bytes(status, headers, body).into();
                    Ok(match page.next_link.filter(|link| !link.is_empty()) {
                        Some(link) => PagerResult::More { response, continuation: continuation(&url, link) },
                        None => PagerResult::Done { response },
                    })
                })
            },
            Some(options),
        )
    }
}

/// Resolves a link against the URL of the page that has it. A link that is not a URL is kept as it is, so that the
/// items of this page are not lost: only the next page fails.
fn continuation(page: &Url, link: String) -> PagerContinuation {
    match page.join(&link) {
        Ok(url) => PagerContinuation::Link(url),
        Err(_) => PagerContinuation::Token(link),
    }
}

/// Returns the URL of the next page with the client's api-version. It must be of the same origin as the first page,
/// because the credential is sent there.
fn checked(first: &Url, next: PagerContinuation, api_version: &str) -> azure_core::Result<Url> {
    let mut next = Url::try_from(next).map_err(|error| {
        let message = format!("the service's link to the next page is not a URL: {error}");
        Error::with_error(ErrorKind::DataConversion, error, message)
    })?;
    if next.origin() != first.origin() || has_user_info(&next) {
        let leads_to = match next.origin() {
            // The origin of a link such as `mailto:` has no other text than "null".
            origin if !origin.is_tuple() => format!("a '{}:' address", next.scheme()),
            origin if origin == first.origin() => "a URL with a user name or a password".to_owned(),
            origin => origin.ascii_serialization(),
        };
        let message = format!(
            "the service's link to the next page leads to {leads_to} instead of {}, so it is not followed: the \
             credential is for the endpoint only",
            first.origin().ascii_serialization()
        );
        return Err(Error::with_message(ErrorKind::Other, message));
    }
    next.set_fragment(None);
    if !next.query_pairs().any(|(name, value)| name == "api-version" && value == api_version) {
        let others: Vec<(String, String)> =
            next.query_pairs().filter(|(name, _)| name != "api-version").map(|(a, b)| (a.into(), b.into())).collect();
        next.query_pairs_mut().clear().extend_pairs(others).append_pair("api-version", api_version);
    }
    Ok(next)
}
