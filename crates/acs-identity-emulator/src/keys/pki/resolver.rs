//! Selects the certificate for a connection. Both certificates can be replaced while the emulator runs.

use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};

use rustls::ServerConfig;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use super::authority::crypto;
use super::names::HostName;
use super::own_certificate::{Loaded, covers};
use crate::crypto::tls;
use crate::error::Error;

/// The certificates in force.
#[derive(Debug)]
struct InForce {
    emulators: Arc<CertifiedKey>,
    /// The user's own certificate, and whether it names an address.
    own: Option<(Arc<CertifiedKey>, bool)>,
}

/// The certificates in force, behind a lock.
#[derive(Debug)]
pub(super) struct Resolver(RwLock<InForce>);

impl Resolver {
    pub(super) fn new(emulators: Arc<CertifiedKey>) -> Arc<Self> {
        Arc::new(Self(RwLock::new(InForce { emulators, own: None })))
    }

    pub(super) fn put_emulators(&self, key: Arc<CertifiedKey>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).emulators = key;
    }

    pub(super) fn put_own(&self, loaded: &Loaded) {
        let has_address = loaded.names.iter().any(|name| matches!(name, HostName::Address(_)));
        self.0.write().unwrap_or_else(PoisonError::into_inner).own = Some((Arc::clone(&loaded.key), has_address));
    }

    /// Returns whether the user's own certificate covers a name.
    pub(super) fn own_covers(&self, name: &str) -> bool {
        let in_force = self.0.read().unwrap_or_else(PoisonError::into_inner);
        in_force.own.as_ref().is_some_and(|(own, _)| covers(own, name))
    }

    /// Selects the certificate for the server name that a client sends. A client that connects to an address sends
    /// none.
    ///
    /// The user's own certificate serves the names in it. Clients that use another name, usually localhost, still get a
    /// certificate of the emulator's authority.
    pub(super) fn choose(&self, name: Option<&str>) -> Arc<CertifiedKey> {
        let in_force = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let Some((own, has_address)) = &in_force.own else { return Arc::clone(&in_force.emulators) };
        let is_emulators = match name.filter(|name| name.parse::<IpAddr>().is_err()) {
            Some(name) => !covers(own, name) && covers(&in_force.emulators, name),
            None => !has_address,
        };
        Arc::clone(if is_emulators { &in_force.emulators } else { own })
    }
}

impl ResolvesServerCert for Resolver {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.choose(hello.server_name()))
    }
}

/// Returns the TLS configuration.
pub(super) fn server_config(resolver: Arc<Resolver>) -> Result<Arc<ServerConfig>, Error> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(tls()))
        .with_safe_default_protocol_versions()
        .map_err(crypto)?
        .with_no_client_auth()
        .with_cert_resolver(resolver);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
