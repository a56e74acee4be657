//! The Entra side: OpenID metadata, the token endpoint, and the endpoints of managed identities, so that code without
//! an access key runs offline, too. Errors follow RFC 6749, with Entra's words.

mod device_code;
mod form;
mod issuer;
mod managed_identity;
mod token;

use super::routes::route::Callers::{Anyone, CheckedByHandler, ThisMachine};
use super::routes::route::WebPages::{Allowed, Refused};
use super::routes::route::{GET, GET_HEAD, POST};
use super::table::row::{Handler, Row, later};

/// Methods, path, callers, whether web pages may call, handler. Most paths exist in version 1 and version 2.
pub(super) static ROUTES: &[Row] = &[
    Row::entra(GET_HEAD, "/devicelogin", ThisMachine, Refused, Handler::Now(device_code::page))
        .named("deviceLoginPage"),
    Row::entra(GET, "/msi/token", CheckedByHandler, Refused, later!(managed_identity::of_app_service))
        .named("managedIdentityToken"),
    Row::entra(GET, "/metadata/identity/oauth2/token", ThisMachine, Refused, later!(managed_identity::of_machine))
        .named("managedIdentityToken"),
    Row::entra(POST, "/{tenant}/oauth2/v2.0/token", CheckedByHandler, Refused, later!(token::issue))
        .named("oauthToken"),
    Row::entra(POST, "/{tenant}/oauth2/token", CheckedByHandler, Refused, later!(token::issue)).named("oauthToken"),
    Row::entra(POST, "/{tenant}/oauth2/v2.0/devicecode", ThisMachine, Refused, Handler::Now(device_code::begin))
        .named("deviceCode"),
    Row::entra(POST, "/{tenant}/oauth2/devicecode", ThisMachine, Refused, Handler::Now(device_code::begin))
        .named("deviceCode"),
    Row::entra(GET, "/{tenant}/discovery/v2.0/keys", Anyone, Allowed, later!(issuer::keys)).named("entraKeys"),
    Row::entra(GET, "/{tenant}/discovery/keys", Anyone, Allowed, later!(issuer::keys)).named("entraKeys"),
    Row::entra(GET, "/{tenant}/v2.0/.well-known/openid-configuration", Anyone, Allowed, Handler::Now(issuer::metadata))
        .named("entraMetadata"),
    Row::entra(GET, "/{tenant}/.well-known/openid-configuration", Anyone, Allowed, Handler::Now(issuer::metadata))
        .named("entraMetadata"),
];
