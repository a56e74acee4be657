//! The data that handlers receive besides the request.

use std::sync::Arc;

use time::OffsetDateTime;

use super::context::request::RequestContext;
use super::dashboard::Dashboard;
use super::ending::Ending;
use super::http::host::{HostName, OwnNames};
use super::http::rate::Rate;
use super::routes::route::Route;
use super::tls_clients::TlsClients;
use crate::config::Config;
use crate::core::Core;
use crate::faults::Faults;
use crate::keys::pki::Pki;
use crate::metrics::Metrics;
use crate::request_log::RequestLog;

/// How many tokens all clients without a credential may introspect in a second.
const INTROSPECTIONS: u32 = 100;

/// The service, and the configuration, certificates, names and routes of the emulator.
pub(crate) struct Backend {
    pub(crate) core: Arc<Core>,
    pub(crate) config: Config,
    pub(crate) pki: Arc<Pki>,
    pub(crate) names: OwnNames,
    /// When it began to serve, in machine time.
    pub(crate) started_at: OffsetDateTime,
    /// How often clients without a credential may introspect a token.
    pub(crate) strangers: Rate,
    pub(crate) ending: Arc<Ending>,
    pub(crate) dashboard: Arc<Dashboard>,
    /// All routes.
    pub(crate) routes: Vec<&'static Route>,
    /// The faults to inject.
    pub(crate) faults: Arc<Faults>,
    pub(crate) metrics: Metrics,
    /// The last requests.
    pub(crate) requests: RequestLog,
    /// Who has called over TLS.
    pub(crate) tls_clients: TlsClients,
    /// `https://localhost:PORT`, for clients whose `Host` is not a name of the emulator.
    base: String,
}

impl Backend {
    pub(crate) fn new(
        core: Arc<Core>,
        config: Config,
        pki: Arc<Pki>,
        base: String,
        dashboard: Arc<Dashboard>,
        routes: Vec<&'static Route>,
    ) -> Self {
        let names = OwnNames::of(&config);
        // A shared store keeps those of a seed.
        let of_seed = config.seed.iter().filter(|_| !core.is_shared());
        let faults: Vec<_> = of_seed.flat_map(|seed| seed.faults.clone()).collect();
        let metrics = Metrics::new(routes.iter().map(|route| route.operation));
        Self {
            core,
            config,
            pki,
            names,
            started_at: crate::clock::machine::now(),
            strangers: Rate::per_second(INTROSPECTIONS),
            ending: Arc::new(Ending::new()),
            dashboard,
            routes,
            faults: Arc::new(Faults::of(faults.into_iter())),
            metrics,
            requests: RequestLog::new(),
            tls_clients: TlsClients::default(),
            base,
        }
    }

    /// Returns the URL of this machine, for clients whose `Host` is not a name of the emulator.
    pub(crate) fn default_base(&self) -> &str {
        &self.base
    }

    /// Returns the URL that gives tokens to web pages in development. `None` if it is off.
    pub(crate) fn token_endpoint(&self) -> Option<String> {
        self.config.gives_tokens_to_pages().then(|| format!("{}/emulator/token", self.base))
    }

    /// Returns the URL by which the client has reached the emulator, without a slash at the end. It is the configured
    /// URL, or the URL of the `Host` header if that is a name of the emulator, or the default URL.
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

    /// Returns whether the user's own certificate covers the name. Such a name may occur in URLs. Endpoints that give
    /// tokens without a credential do not accept it, because the certificate may cover every name of a company.
    fn certifies(&self, host: &HostName) -> bool {
        matches!(host, HostName::Name(name) if self.pki.own_covers(name))
    }
}
