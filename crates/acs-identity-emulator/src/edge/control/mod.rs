//! The control API of the emulator: additional operations for callers with an access key or the control secret.

mod entra_token;
mod keys;

use super::routes::route::WebPages::Refused;
use super::routes::route::{Callers, POST};
use super::table::row::{Handler, Row, later};

/// Methods, path, callers, whether web pages may call, handler.
pub(super) static ROUTES: &[Row] = &[
    Row::emulator(POST, "/emulator/entra-token", Callers::Control, Refused, later!(entra_token::issue)),
    Row::emulator(POST, "/emulator/list-keys", Callers::Keys, Refused, Handler::Now(keys::list)),
    Row::emulator(POST, "/emulator/regenerate-key", Callers::Keys, Refused, later!(keys::regenerate)),
];
