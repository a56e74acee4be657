//! The control API of the emulator: additional operations for callers with an access key or the control secret. A file
//! here is a resource.

mod certificates;
mod clock;
mod entra_token;
mod explanations;
mod faults;
mod identities;
mod identity_tokens;
mod inspect;
mod keys;
mod metrics;
pub(super) mod query;
mod requests;
mod reset;
mod state;
mod status;
mod stop;
mod token;
mod trust;
pub(super) mod version;

use super::routes::route::WebPages::{Allowed, Refused};
use super::routes::route::{Callers, DELETE, GET, POST};
use super::table::row::{Handler, Row, later};

const FAULT: &str = "/emulator/faults/{faultId}";
const IDENTITY: &str = "/emulator/identities/{id}";

/// Methods, path, callers, whether web pages may call, handler.
pub(super) static ROUTES: &[Row] = &[
    Row::emulator(GET, "/emulator/status", Callers::Control, Refused, later!(status::show)).named("getStatus"),
    Row::emulator(POST, "/emulator/stop", Callers::Control, Refused, later!(stop::stop)).named("stop"),
    Row::emulator(POST, "/emulator/reset", Callers::Control, Refused, later!(reset::reset)).named("reset"),
    Row::emulator(GET, "/emulator/clock", Callers::Control, Refused, Handler::Now(clock::show)).named("showClock"),
    Row::emulator(POST, "/emulator/clock/set", Callers::Control, Refused, later!(clock::set)).named("setClock"),
    Row::emulator(POST, "/emulator/clock/advance", Callers::Control, Refused, later!(clock::advance))
        .named("advanceClock"),
    Row::emulator(POST, "/emulator/clock/freeze", Callers::Control, Refused, later!(clock::freeze))
        .named("freezeClock"),
    Row::emulator(POST, "/emulator/clock/resume", Callers::Control, Refused, later!(clock::resume))
        .named("resumeClock"),
    Row::emulator(POST, "/emulator/clock/reset", Callers::Control, Refused, later!(clock::reset)).named("resetClock"),
    Row::emulator(GET, "/emulator/identities", Callers::Control, Refused, later!(identities::list))
        .with_query(&["filter", "top", "after"])
        .named("listIdentities"),
    Row::emulator(POST, "/emulator/identities", Callers::Control, Refused, later!(identities::create))
        .named("addIdentity"),
    Row::emulator(GET, IDENTITY, Callers::Control, Refused, later!(identities::show)).named("showIdentity"),
    Row::emulator(DELETE, IDENTITY, Callers::Control, Refused, later!(identities::delete)).named("removeIdentity"),
    Row::emulator(POST, "/emulator/identities/{id}/token", Callers::Control, Refused, later!(identity_tokens::issue))
        .named("giveToken"),
    Row::emulator(POST, "/emulator/identities/{id}/revoke", Callers::Control, Refused, later!(identity_tokens::revoke))
        .named("revokeTokens"),
    Row::emulator(
        GET,
        "/emulator/identities/{id}/assignments",
        Callers::Control,
        Refused,
        later!(identities::assignments),
    )
    .named("listAssignments"),
    Row::emulator(POST, "/emulator/inspect", Callers::Control, Refused, later!(inspect::inspect))
        .looking()
        .named("inspectToken"),
    Row::emulator(GET, "/emulator/certificates", Callers::Control, Refused, Handler::Now(certificates::list))
        .named("listCertificates"),
    Row::emulator(GET, "/emulator/trust", Callers::Control, Refused, Handler::Now(trust::show)).named("showTrust"),
    Row::emulator(GET, "/emulator/export", Callers::Control, Refused, later!(state::export)).named("exportState"),
    Row::emulator(POST, "/emulator/import", Callers::Control, Refused, later!(state::import))
        .with_state()
        .with_query(&["replace"])
        .named("importState"),
    Row::emulator(POST, "/emulator/entra-token", Callers::Control, Refused, later!(entra_token::issue))
        .looking()
        .named("entraToken"),
    Row::emulator(POST, "/emulator/list-keys", Callers::Keys, Refused, Handler::Now(keys::list))
        .looking()
        .named("listKeys"),
    Row::emulator(POST, "/emulator/regenerate-key", Callers::Keys, Refused, later!(keys::regenerate))
        .named("regenerateKey"),
    Row::emulator(GET, "/emulator/requests", Callers::Control, Refused, later!(requests::list))
        .with_query(&["status", "identity", "operation", "control", "last", "after", "wait"])
        .named("listRequests"),
    Row::emulator(DELETE, "/emulator/requests", Callers::Control, Refused, Handler::Now(requests::clear))
        .named("clearRequests"),
    Row::emulator(GET, "/emulator/faults", Callers::Control, Refused, later!(faults::list)).named("listFaults"),
    Row::emulator(POST, "/emulator/faults", Callers::Control, Refused, later!(faults::add)).named("addFault"),
    Row::emulator(DELETE, "/emulator/faults", Callers::Control, Refused, later!(faults::clear)).named("clearFaults"),
    Row::emulator(GET, FAULT, Callers::Control, Refused, later!(faults::get)).named("getFault"),
    Row::emulator(DELETE, FAULT, Callers::Control, Refused, later!(faults::delete)).named("deleteFault"),
    Row::emulator(GET, "/emulator/metrics", Callers::Control, Refused, later!(metrics::show)).named("metrics"),
];

/// The endpoint for web pages in development, which is off by default. It needs no credential.
pub(super) static FRONT_END: &[Row] =
    &[Row::emulator(GET, "/emulator/token", Callers::FrontEnd, Allowed, later!(token::issue))
        .with_query(&["user", "scope"])
        .named("getFrontEndToken")];
