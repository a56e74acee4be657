//! The check of the `Host` header for control endpoints, where the access key is the well-known one. Every web page
//! knows that key, and the owner of a name can make it resolve to this machine (DNS rebinding). The browser then takes
//! the emulator for a part of the page's site. What gives such a request away is its `Host`.

use acs_identity_protocol::AccessKey;

use crate::edge::backend::Backend;
use crate::edge::context::request::RequestContext;
use crate::edge::http::error::{HttpError, HttpResult};
use crate::edge::http::host::HostName;
use crate::store::Caller;

const WHY: &str = "The access key is the well-known key, which web pages know, too. So this endpoint answers only if the Host \
    header is a loopback name, an address, or a name of --host, --hostname or --public-url. Give the emulator that name \
    (--hostname), call it with the control secret, or give it a key of its own (--access-key).";

/// Refuses a caller with the well-known key that does not know the emulator by one of its names.
pub(super) fn check(backend: &Backend, request: &RequestContext, caller: Caller) -> HttpResult<()> {
    let Caller::Key { slot, .. } = caller else { return Ok(()) };
    if is_own_name(backend, request) || backend.core.access_keys.get(slot) != AccessKey::development() {
        return Ok(());
    }
    Err(HttpError::new(403, "Forbidden", WHY).because("the Host header is not a name of the emulator"))
}

fn is_own_name(backend: &Backend, request: &RequestContext) -> bool {
    let Some(host) = &request.host else { return false };
    let of_public_url = || {
        let public = backend.config.public_base().and_then(|url| url.split_once("://"));
        let authority = public.and_then(|(_, rest)| rest.split('/').next());
        authority.and_then(HostName::parse).as_ref() == Some(host)
    };
    backend.names.has(host) || of_public_url()
}
