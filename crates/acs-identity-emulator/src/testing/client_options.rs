//! Options for clients on `azure_core`.

use std::sync::Arc;

use azure_core::http::{ClientOptions, Transport};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

use super::emulator::Emulator;
use crate::crypto;

impl Emulator {
    /// Returns options for a client on `azure_core`, such as the client of `acs-identity`. Its transport trusts this
    /// emulator, and nothing else. It uses no proxy.
    ///
    /// # Panics
    ///
    /// Panics if the system has no memory or random numbers for TLS.
    #[must_use]
    pub fn client_options(&self) -> ClientOptions {
        let client = self.http_client().unwrap_or_else(|error| panic!("The client cannot be made: {error}"));
        ClientOptions { transport: Some(Transport::new(Arc::new(client))), ..ClientOptions::default() }
    }

    fn http_client(&self) -> Result<reqwest::Client, Box<dyn std::error::Error>> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(self.ca_certificate().as_bytes())?)?;
        // reqwest would take another provider of cryptography, whose start takes 25 ms.
        let tls = ClientConfig::builder_with_provider(Arc::new(crypto::tls()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(reqwest::Client::builder().tls_backend_preconfigured(tls).no_proxy().build()?)
    }
}
