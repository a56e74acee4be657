//! The emulator's page, and how it signs in. Its files are built from the sources in the folder `page/` of this crate.

mod assets;
mod index;
mod sign_in;

use super::routes::route::Callers::{Anyone, Control};
use super::routes::route::WebPages::{Allowed, Refused};
use super::routes::route::{GET, GET_HEAD, POST};
use super::table::row::{Handler, Row};

/// Methods, path, callers, whether web pages may call, handler. A path with and without a slash at its end is one
/// endpoint.
pub(super) static ROUTES: &[Row] = &[
    Row::emulator(GET_HEAD, "/emulator/", Anyone, Allowed, Handler::Now(index::show)).fixed().named("index"),
    Row::emulator(GET_HEAD, "/emulator", Anyone, Allowed, Handler::Now(index::show_or_redirect)).fixed().named("index"),
    Row::emulator(GET_HEAD, "/emulator/page/page.js", Anyone, Allowed, Handler::Now(assets::script))
        .fixed()
        .named("getPageScript"),
    Row::emulator(GET_HEAD, "/emulator/page/page.css", Anyone, Allowed, Handler::Now(assets::style))
        .fixed()
        .named("getPageStyle"),
    Row::emulator(POST, "/emulator/page/session", Anyone, Refused, Handler::Now(sign_in::redeem)).named("signIn"),
    Row::emulator(GET, "/emulator/page/secret", Control, Refused, Handler::Now(sign_in::secret))
        .named("getControlSecret"),
    Row::emulator(POST, "/emulator/page/code", Control, Refused, Handler::Now(sign_in::new_code))
        .looking()
        .named("makeSignInCode"),
];
