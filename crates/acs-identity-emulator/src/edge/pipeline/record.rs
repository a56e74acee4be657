//! Counts requests, and adds them to the log of requests.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::time::Duration;

use crate::clock::machine;
use crate::edge::backend::Backend;
use crate::edge::context::principal::Principal;
use crate::edge::context::request::RequestContext;
use crate::edge::http::path::raw_parameter;
use crate::edge::routes::route::Route;
use crate::request_log::{Credential, Entry, Facts, Refusal};
use crate::store::{AccessSlot, Caller};

/// The path of the log itself. Its readers would otherwise read about their own requests, one after the other.
const OWN_PATH: &str = "/emulator/requests";

/// The beginning of the paths of health. Probes would otherwise fill the log in a few hours.
const HEALTH: &str = "/health";

/// Counts and logs a request. Without a status, the connection ended without a response.
pub(super) fn record(
    backend: &Backend,
    request: &RequestContext,
    status: Option<u16>,
    refusal: Option<Box<Refusal>>,
    took: Duration,
) {
    backend.metrics.count(request.operation(), status, took);
    if status.is_some() && request.connection.begins_to_answer_over_tls() {
        backend.tls_clients.saw(request.head.header("user-agent").unwrap_or_default());
    }
    if let Some(refusal) = &refusal {
        backend.metrics.count_refusal(match refusal.code {
            Cow::Borrowed(code) => Some(code),
            Cow::Owned(_) => None,
        });
    }
    let is_left_out = |path: &str| path == OWN_PATH || path.starts_with(HEALTH);
    let is_left_out = request.route.is_some_and(|route| is_left_out(route.path)) || is_look_of_the_page(request);
    if !backend.config.keep_requests || is_left_out {
        return;
    }
    let head = &request.head;
    backend.requests.add(Entry::new(Facts {
        at: machine::now().saturating_sub(took.try_into().unwrap_or_default()),
        method: head.method.as_str(),
        path: head.path(),
        version: raw_parameter(head.query(), "api-version").unwrap_or_default(),
        agent: head.header("user-agent").unwrap_or_default(),
        caller: match &request.caller {
            Principal::Entra(caller) => &caller.application,
            Principal::Anyone | Principal::Key(_) | Principal::ControlSecret => "",
        },
        identity: request.identity(),
        operation: request.operation(),
        status,
        microseconds: u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
        peer: SocketAddr::new(request.peer, request.connection.peer.port()),
        credential: match &request.caller {
            Principal::Anyone => Credential::None,
            Principal::Key(Caller::Key { slot: AccessSlot::Primary, .. }) => Credential::PrimaryKey,
            Principal::Key(Caller::Key { slot: AccessSlot::Secondary, .. }) => Credential::SecondaryKey,
            Principal::ControlSecret => Credential::ControlSecret,
            Principal::Key(Caller::Entra) | Principal::Entra(_) => Credential::Entra,
        },
        fault: request.fault.as_ref().map(|fault| fault.id),
        refusal,
    }));
}

/// Returns whether the emulator's page looks at something. It asks for the status each second, which would push all
/// other requests out of the log within hours.
fn is_look_of_the_page(request: &RequestContext) -> bool {
    request.caller == Principal::ControlSecret
        && request.route.is_some_and(Route::only_looks)
        && request.head.header("sec-fetch-site") == Some("same-origin")
}

/// Counts and logs a request whose head could not be read, so that only its peer is known.
pub(super) fn record_unread(backend: &Backend, peer: SocketAddr, status: u16, code: &'static str, reason: String) {
    backend.metrics.count(None, Some(status), Duration::ZERO);
    backend.metrics.count_refusal(Some(code));
    if !backend.config.keep_requests {
        return;
    }
    backend.requests.add(Entry::new(Facts {
        at: machine::now(),
        method: "",
        path: "",
        version: "",
        agent: "",
        caller: "",
        identity: "",
        operation: None,
        status: Some(status),
        microseconds: 0,
        peer,
        credential: Credential::None,
        fault: None,
        refusal: Some(Box::new(Refusal::new(code, Some(reason)))),
    }));
}
