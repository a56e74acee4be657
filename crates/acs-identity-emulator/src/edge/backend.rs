//! What handlers are given besides the request.

use std::sync::Arc;

use super::context::request::RequestContext;
use super::http::host::{HostName, OwnNames};
use super::routes::route::Route;
use crate::config::Config;
use crate::core::Core;
use crate::keys::pki::Pki;

/// The service, and what is known about the emulator.
pub(crate) struct Backend {
    pub(crate) core: Arc<Core>,
    pub(crate) config: Config,
    pub(crate) pki: Arc<Pki>,
    pub(crate) names: OwnNames,
    /// All routes.
    pub(crate) routes: Vec<&'static Route>,
    /// `https://localhost:PORT`, for clients that do not name a host of ours.
    base: String,
}

impl Backend {
    pub(crate) fn new(
        core: Arc<Core>,
        config: Config,
        pki: Arc<Pki>,
        base: String,
        routes: Vec<&'static Route>,
    ) -> Self {
        let names = OwnNames::of(&config);
        Self { core, config, pki, names, routes, base }
    }

    /// The URL by which the client has reached us, without a slash at the end: the one that is set, else the one of its `Host`
    /// header if that is a name of ours, else the usual one.
    pub(crate) fn base_of(&self, request: &RequestContext) -> String {
        if let Some(url) = self.config.public_base() {
            return url.to_owned();
        }
        let scheme = if request.connection.tls { "https" } else { "http" };
        match (&request.host, request.head.header("host")) {
            (Some(host), Some(text)) if self.names.has(host) || self.certifies(host) => format!("{scheme}://{text}"),
            _ => self.base.clone(),
        }
    }

    /// Whether the operator's certificate is for that name. Then it may occur in URLs, but it does not get a token without a
    /// credential: the certificate may be for every name of a company.
    fn certifies(&self, host: &HostName) -> bool {
        matches!(host, HostName::Name(name) if self.pki.own_covers(name))
    }
}
