//! Follows redirects like the client of the reference (`RedirectPolicy` of Python azure-core).

use std::sync::Arc;

use async_trait::async_trait;
use azure_core::error::Error;
use azure_core::http::policies::{Policy, PolicyResult};
use azure_core::http::{Context, Method, Request, Url};

use crate::report::printer::Printer;
use crate::service::sending::origin::{SecretBody, is_same_origin, shown};
use crate::transport::error::TransportError;
use crate::transport::http::header;
use crate::transport::redirect_fault::RedirectFault;

const MAX_REDIRECTS: usize = 30;

/// The policy. It comes before retries and signing, so that the request is signed again.
/// [`crate::service::sending::origin::OriginPolicy`] ensures that credentials go only to their own server.
#[derive(Debug)]
pub(crate) struct RedirectPolicy {
    pub(crate) printer: Printer,
}

/// Returns hints about a redirect that is not followed.
pub(crate) fn hints(fault: &RedirectFault) -> Vec<String> {
    match fault {
        RedirectFault::Scheme { server, .. } => vec![scheme_hint(server)],
        RedirectFault::Location(_) | RedirectFault::Secret(_) | RedirectFault::TooMany => Vec::new(),
    }
}

/// Returns a hint about a redirect from https to http.
fn scheme_hint(server: &str) -> String {
    format!(
        "It leads from https to http ({server}), where others could read what is sent. Name a server that speaks https in \
         the endpoint, or let the gateway in front of it redirect to https."
    )
}

/// Returns a hint about an answer that has a location, and whose status is not followed.
pub(crate) fn hint(server: &Url) -> String {
    match server.scheme() {
        "https" => format!("It leads to {}. If the service is there, use that server in the endpoint.", shown(server)),
        _ => scheme_hint(&shown(server)),
    }
}

fn refuse(fault: RedirectFault) -> Error {
    TransportError::Redirect(fault).into()
}

/// Returns the target of a redirect. azure-core treats a location without a host as a path from the root.
fn target(from: &Url, location: &str) -> Option<Url> {
    let location = location.trim();
    let mut target = match location.find("//") {
        Some(0) if !location.starts_with("///") => Url::parse(&format!("{}:{location}", from.scheme())),
        Some(at) if location[..at].ends_with(':') && !location[..at].contains('/') => Url::parse(location),
        _ => Url::parse(&format!("{}/{}", from.origin().ascii_serialization(), location.trim_start_matches('/'))),
    }
    .ok()
    .filter(Url::has_host)?;
    target.set_fragment(None);
    // The server must not choose the user name and password.
    target.set_username("").ok()?;
    target.set_password(None).ok()?;
    Some(target)
}

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
            let Some(location) = header::given(response.headers(), "location").filter(|_| follows) else {
                return Ok(response);
            };
            let elsewhere = || refuse(RedirectFault::Location(location.to_owned()));
            let target = target(request.url(), location)
                .filter(|target| matches!(target.scheme(), "http" | "https"))
                .ok_or_else(elsewhere)?;
            if target.scheme() == "http" && request.url().scheme() == "https" {
                let (location, server) = (location.to_owned(), shown(&target));
                return Err(refuse(RedirectFault::Scheme { location, server }));
            }
            if !is_same_origin(&target, request.url()) {
                if ctx.value::<SecretBody>().is_some() {
                    return Err(refuse(RedirectFault::Secret(shown(&target))));
                }
                self.printer.info(&format!("The response redirects to another server: {}.", shown(&target)));
            }
            *request.url_mut() = target;
            if status == 303 {
                request.set_method(Method::Get);
            }
        }
        Err(refuse(RedirectFault::TooMany))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_are_resolved_as_by_azure_core() {
        let from = Url::parse("https://localhost:8443/identities?api-version=1").unwrap();
        for (location, expected) in [
            ("/r#fragment", "https://localhost:8443/r"),
            ("r?x=1#y", "https://localhost:8443/r?x=1"),
            ("/r%2Fs?u=https://x//y", "https://localhost:8443/r%2Fs?u=https://x//y"),
            ("//host/r", "https://host/r"),
            ("///r", "https://localhost:8443/r"),
            ("https://host:1/r?x#y", "https://host:1/r?x"),
            ("https://user:pw@host/r", "https://host/r"),
            (" https://host/ ", "https://host/"),
            ("http://host/r", "http://host/r"),
        ] {
            assert_eq!(target(&from, location).as_ref().map(Url::as_str), Some(expected), "{location}");
        }
        assert_eq!(target(&from, "https://"), None);
    }
}
