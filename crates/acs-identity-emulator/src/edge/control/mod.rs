//! The control API of the emulator: additional operations for callers with an access key or the control secret. A file
//! here is a resource.

mod clock;
mod entra_token;
mod identities;
mod keys;
mod reset;
mod state;
mod status;
mod stop;
mod token;
pub(super) mod version;

use super::routes::route::WebPages::{Allowed, Refused};
use super::routes::route::{Callers, GET, POST};
use super::table::row::{Handler, Row, later};

/// Methods, path, callers, whether web pages may call, handler.
pub(super) static ROUTES: &[Row] = &[
    Row::emulator(GET, "/emulator/status", Callers::Control, Refused, Handler::Now(status::show)),
    Row::emulator(POST, "/emulator/stop", Callers::Control, Refused, Handler::Now(stop::stop)),
    Row::emulator(POST, "/emulator/reset", Callers::Control, Refused, later!(reset::reset)),
    Row::emulator(GET, "/emulator/clock", Callers::Control, Refused, Handler::Now(clock::show)),
    Row::emulator(POST, "/emulator/clock/set", Callers::Control, Refused, later!(clock::set)),
    Row::emulator(POST, "/emulator/clock/advance", Callers::Control, Refused, later!(clock::advance)),
    Row::emulator(POST, "/emulator/clock/freeze", Callers::Control, Refused, later!(clock::freeze)),
    Row::emulator(POST, "/emulator/clock/resume", Callers::Control, Refused, later!(clock::resume)),
    Row::emulator(POST, "/emulator/clock/reset", Callers::Control, Refused, later!(clock::reset)),
    Row::emulator(GET, "/emulator/identities", Callers::Control, Refused, Handler::Now(identities::list)),
    Row::emulator(GET, "/emulator/identities/{id}", Callers::Control, Refused, Handler::Now(identities::show)),
    Row::emulator(GET, "/emulator/export", Callers::Control, Refused, later!(state::export)),
    Row::emulator(POST, "/emulator/import", Callers::Control, Refused, later!(state::import)).with_state(),
    Row::emulator(POST, "/emulator/entra-token", Callers::Control, Refused, later!(entra_token::issue)),
    Row::emulator(POST, "/emulator/list-keys", Callers::Keys, Refused, Handler::Now(keys::list)),
    Row::emulator(POST, "/emulator/regenerate-key", Callers::Keys, Refused, later!(keys::regenerate)),
];

/// The endpoint for web pages in development, which is off by default. It needs no credential.
pub(super) static FRONT_END: &[Row] =
    &[Row::emulator(GET, "/emulator/token", Callers::FrontEnd, Allowed, later!(token::issue))];
