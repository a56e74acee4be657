//! Tests with requests through all steps, without a network.

mod callers;
mod control;
mod entra;
mod entra_times;
mod faults;
mod front_end;
mod identities;
mod inspection;
mod introspection;
mod mistakes;
mod openapi;
mod own_identities;
mod own_page;
mod page;
mod pipeline;
mod refusals;
mod replicas;
mod requests;
mod routes;
mod service;
mod state;
mod steering;
mod times;
mod trust;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use acs_identity_protocol::AccessKey;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::{Request, Version};
use serde_json::Value;

use crate::config::Config;
use crate::core::Core;
use crate::edge::http::connection::Connection;
use crate::edge::pipeline::{Dropped, Edge};

pub(super) const HOST: &str = "localhost:10100";
pub(super) const LOCAL: &str = "127.0.0.1:40000";
pub(super) const ELSEWHERE: &str = "192.168.7.7:40000";

/// Makes an edge over a new core in memory.
pub(super) fn edge_of(config: Config) -> Edge {
    let core = Core::open(&config).unwrap();
    edge_over(core, config)
}

/// Makes two edges over one store, as two processes have them.
pub(super) fn replicas() -> [Arc<Edge>; 2] {
    let configs = [Config::in_memory(), Config::in_memory()];
    let [one, other] = Core::open_two([&configs[0], &configs[1]]);
    let [of_one, of_other] = configs;
    [Arc::new(edge_over(one, of_one)), Arc::new(edge_over(other, of_other))]
}

fn edge_over(core: Core, config: Config) -> Edge {
    let pki = crate::certificates::open(&config, &core.store, crate::clock::machine::now(), None).unwrap();
    Edge::new(Arc::new(core), config, Arc::new(pki), format!("https://{HOST}"), Arc::default())
}

pub(super) fn edge() -> Arc<Edge> {
    Arc::new(edge_of(Config::in_memory()))
}

/// A request.
#[derive(Clone)]
pub(super) struct Ask {
    method: &'static str,
    target: String,
    host: Option<String>,
    headers: Vec<(&'static str, String)>,
    body: String,
    peer: &'static str,
    tls: bool,
    version: Version,
    key: Option<AccessKey>,
}

pub(super) fn ask(method: &'static str, target: impl Into<String>) -> Ask {
    Ask {
        method,
        target: target.into(),
        host: Some(HOST.into()),
        headers: Vec::new(),
        body: String::new(),
        peer: LOCAL,
        tls: true,
        version: Version::HTTP_11,
        key: None,
    }
}

/// A response.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) status: u16,
    pub(super) headers: hyper::HeaderMap,
    pub(super) text: String,
}

impl Seen {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(super) fn code(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap_or_default().to_owned()
    }

    pub(super) fn text_of(&self, member: &str) -> String {
        self.json()[member].as_str().unwrap_or_else(|| panic!("{member}: {self:?}")).to_owned()
    }
}

impl Ask {
    pub(super) fn body(self, body: impl Into<String>) -> Self {
        Self { body: body.into(), ..self }
    }

    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(super) fn host(self, host: &str) -> Self {
        Self { host: Some(host.into()), ..self }
    }

    pub(super) fn without_host(self) -> Self {
        Self { host: None, ..self }
    }

    pub(super) fn from(self, peer: &'static str) -> Self {
        Self { peer, ..self }
    }

    pub(super) fn plain(self) -> Self {
        Self { tls: false, ..self }
    }

    pub(super) fn version(self, version: Version) -> Self {
        Self { version, ..self }
    }

    /// Signs the request with the well-known key.
    pub(super) fn signed(self) -> Self {
        self.signed_with(AccessKey::development())
    }

    pub(super) fn signed_with(self, key: AccessKey) -> Self {
        Self { key: Some(key), ..self }
    }

    pub(super) fn bearer(self, token: &str) -> Self {
        self.header("authorization", format!("Bearer {token}"))
    }

    pub(super) fn connection(&self) -> Arc<Connection> {
        let peer: SocketAddr = self.peer.parse().unwrap();
        Arc::new(Connection::new(peer, IpAddr::from([192, 0, 2, 1]), self.tls))
    }

    /// Returns the request with a body that differs from its headers.
    pub(super) fn with<B>(&self, body: B) -> Request<B> {
        let mut request = Request::builder().method(self.method).uri(&self.target).version(self.version);
        if let Some(host) = &self.host {
            request = request.header("host", host);
        }
        if let Some(key) = &self.key {
            let host = self.host.as_deref().unwrap_or_default();
            let signed =
                key.sign_request(self.method, &self.target, host, self.body.as_bytes(), crate::clock::machine::now());
            for (name, value) in signed {
                request = request.header(name, value);
            }
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        if !self.headers.iter().any(|(name, _)| *name == "content-length" || *name == "transfer-encoding") {
            request = request.header("content-length", self.body.len());
        }
        request.body(body).unwrap()
    }

    pub(super) async fn try_of(self, edge: &Arc<Edge>) -> Result<Seen, Dropped> {
        let request = self.with(Full::new(Bytes::from(self.body.clone())));
        let response = Arc::clone(edge).handle(request, self.connection()).await?;
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Ok(Seen { status: parts.status.as_u16(), headers: parts.headers, text })
    }

    pub(super) async fn of(self, edge: &Arc<Edge>) -> Seen {
        self.try_of(edge).await.unwrap()
    }
}

pub(super) const VERSION: &str = "api-version=2025-03-02-preview";

/// Returns a request that creates an identity.
pub(super) fn create() -> Ask {
    ask("POST", format!("/identities?{VERSION}")).signed()
}

/// Returns an Entra token of a managed identity, for management.
pub(super) async fn management_token(edge: &Arc<Edge>, client: &str) -> String {
    let target =
        format!("/metadata/identity/oauth2/token?resource=https://communication.azure.com/&client_id={client}");
    ask("GET", target).header("metadata", "true").of(edge).await.text_of("access_token")
}
