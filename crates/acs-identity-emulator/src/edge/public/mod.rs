//! Endpoints without authentication: health, the OpenAPI document, the keys that verify tokens, the certificate of the
//! authority.

mod about;
mod health;
mod tokens;

use super::routes::route::Callers::Anyone;
use super::routes::route::GET_HEAD;
use super::routes::route::WebPages::Allowed;
use super::table::row::{Handler, Row, later};

/// Methods, path, callers, whether web pages may call, handler.
pub(super) static ROUTES: &[Row] = &[
    Row::emulator(GET_HEAD, "/health", Anyone, Allowed, later!(health::health)).named("health"),
    Row::emulator(GET_HEAD, "/health/live", Anyone, Allowed, Handler::Now(health::live)).fixed().named("live"),
    Row::emulator(GET_HEAD, "/health/ready", Anyone, Allowed, later!(health::ready)).named("ready"),
    Row::emulator(GET_HEAD, "/openapi.json", Anyone, Allowed, Handler::Now(about::description))
        .fixed()
        .named("describe"),
    Row::emulator(GET_HEAD, "/.well-known/openid-configuration", Anyone, Allowed, Handler::Now(tokens::metadata))
        .named("tokenMetadata"),
    Row::emulator(GET_HEAD, "/.well-known/jwks.json", Anyone, Allowed, later!(tokens::keys)).named("tokenKeys"),
    Row::emulator(GET_HEAD, "/emulator/ca.pem", Anyone, Allowed, Handler::Now(about::ca_certificate))
        .fixed()
        .named("caCertificate"),
];
