//! Authentication (docs/service.md, section 2) by the headers alone: an HMAC signature, an Entra token, or the control
//! secret. If a request is refused, the log says why. It never shows a key, a signature or a token.

use hyper::header::{AUTHORIZATION, HeaderMap};

use super::{known_key, signature};
use crate::config::TrustedIssuer;
use crate::core::ManagementCaller;
use crate::edge::backend::Backend;
use crate::edge::context::principal::{CONTROL_HEADER, Principal};
use crate::edge::context::request::RequestContext;
use crate::edge::http::error::{DENIED, HttpError, HttpResult};
use crate::edge::http::head::Head;
use crate::edge::routes::route::Callers;

/// Returns whether a request has credentials, valid or not.
pub(crate) fn has_credentials(headers: &HeaderMap) -> bool {
    headers.contains_key(AUTHORIZATION) || headers.contains_key(CONTROL_HEADER)
}

/// Returns whether a request has a credential of the service: any `Authorization` except for the client secret of an
/// application.
pub(crate) fn is_of_the_service(head: &Head) -> bool {
    head.headers.contains_key(AUTHORIZATION) && head.credentials("Basic").is_none()
}

/// A caller that may call the route.
pub(crate) struct Authenticated {
    pub(crate) caller: Principal,
    /// The hash that the body must have, if the request is signed.
    pub(crate) content_hash: Option<String>,
}

impl From<Principal> for Authenticated {
    fn from(caller: Principal) -> Self {
        Self { caller, content_hash: None }
    }
}

/// Identifies the caller, and checks whether it may call.
pub(crate) async fn check(backend: &Backend, request: &RequestContext) -> HttpResult<Authenticated> {
    let callers = request.callers();
    let is_secret = |text: &str| backend.config.control_secret.as_ref().is_some_and(|secret| secret.is(text));
    // A path that does not exist has no other callers than these, either.
    let takes_secret = matches!(callers, Callers::Control | Callers::Keys) || request.route.is_none();
    if takes_secret && let Some(secret) = request.head.header(CONTROL_HEADER) {
        return match is_secret(secret) {
            true => Ok(Principal::ControlSecret.into()),
            false => Err(HttpError::denied(DENIED).because("x-emulator-control is not the control secret")),
        };
    }
    let Some(token) = request.head.credentials("Bearer") else {
        let (caller, content_hash) = signature::check(backend, request).await?;
        if takes_secret {
            known_key::check(backend, request, caller)?;
        }
        return Ok(Authenticated { caller: Principal::Key(caller), content_hash: Some(content_hash) });
    };
    if takes_secret && is_secret(token) {
        return Ok(Principal::ControlSecret.into());
    }
    let caller = backend.core.entra_tokens.management_caller(token).await?;
    match callers {
        Callers::Control => Err(forbid("an Entra token may not call the control endpoints")),
        Callers::Keys if caller.is_own => {
            Err(forbid("a token of the emulator's own issuer may not list or regenerate access keys"))
        }
        Callers::Keys if !caller.is_application => Err(forbid(
            "a user's Entra token may not list or regenerate access keys, but a token of an application may",
        )),
        Callers::Keys if !names_admin(backend, &caller) => {
            let why = format!(
                "the Entra caller '{}' of the tenant '{}' is not named by --entra-admin",
                caller.application, caller.tenant
            );
            Err(forbid(why))
        }
        _ => Ok(Principal::Entra(caller).into()),
    }
}

/// Returns the error for a known caller that may not call this route.
fn forbid(why: impl Into<String>) -> HttpError {
    let message = "This endpoint needs the signature of an access key or the control secret. The endpoints of access keys \
                   also accept the Entra applications that --entra-admin names.";
    HttpError::new(403, "Forbidden", message).because(why)
}

/// Returns whether the configuration names the application.
fn names_admin(backend: &Backend, caller: &ManagementCaller) -> bool {
    let is = |named: &str, id: &str| !id.is_empty() && named.eq_ignore_ascii_case(id);
    let any_tenant = !backend.config.issuers.iter().any(TrustedIssuer::is_of_all_tenants);
    backend.config.entra_admins.iter().any(|admin| match admin.split_once('/') {
        Some((tenant, client)) => is(tenant, &caller.tenant) && is(client, &caller.application),
        None => any_tenant && is(admin, &caller.application),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_control_secret_and_an_authorization_are_credentials() {
        let has = |name: &'static str| {
            has_credentials(&HeaderMap::from_iter([(name.parse().unwrap(), "x".parse().unwrap())]))
        };
        assert!(has("authorization") && has(CONTROL_HEADER));
        assert!(!has("x-identity-header") && !has("host"));
    }
}
