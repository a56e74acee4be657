//! The control API of the emulator: what callers with an access key or the control secret may do beside the service.

mod entra_token;
mod keys;

use super::routes::route::{Callers, POST};
use super::table::row::{Handler, Row, later};

/// Web pages may not call any of them.
const PAGES: bool = false;

/// Methods, path, callers, whether web pages may call, handler.
pub(super) static ROUTES: [Row; 3] = [
    Row::emulator(POST, "/emulator/entra-token", Callers::Control, PAGES, later!(entra_token::issue)),
    Row::emulator(POST, "/emulator/list-keys", Callers::Keys, PAGES, Handler::Now(keys::list)),
    Row::emulator(POST, "/emulator/regenerate-key", Callers::Keys, PAGES, later!(keys::regenerate)),
];
