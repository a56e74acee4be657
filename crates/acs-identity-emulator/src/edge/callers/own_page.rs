//! The check for endpoints that answer no web page but the emulator's own.

use super::{origins, this_machine};
use crate::edge::backend::Backend;
use crate::edge::context::request::RequestContext;
use crate::edge::http::error::{HttpError, HttpResult};

const WHY: &str = "Web pages may not call this endpoint (Origin, Sec-Fetch-Site), except for the emulator's own page. If \
    that page is reached through a proxy, start the emulator with the page's URL: --public-url.";

/// Refuses a page of another origin. A browser sends the origin of a page with every request that could change
/// something, and the page may know the well-known key.
pub(crate) fn check(backend: &Backend, request: &RequestContext) -> HttpResult<()> {
    let mut sites = request.head.headers.get_all("sec-fetch-site").iter();
    let is_own =
        origins::are_own(backend, request) && sites.all(|site| matches!(site.as_bytes(), b"none" | b"same-origin"));
    let why = (!is_own).then_some(WHY);
    this_machine::refuse(request, why, |why| HttpError::new(403, "Forbidden", why))
}
