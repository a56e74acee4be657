//! The certificates that a database's certificate must come from.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::{AddressError, PostgresAddress, RootCertificates, TlsMode};

impl PostgresAddress {
    /// Checks whether a connection needs certificates that are trusted, and the URL names none. They are then those of
    /// the file `~/.postgresql/root.crt`, if there is one, as in libpq, and of the system otherwise.
    pub fn needs_roots(&self) -> bool {
        self.trusted != RootCertificates::Unnamed || self.tls == TlsMode::VerifyFull
    }

    /// Returns the same address with the certificates of a PEM file.
    ///
    /// # Errors
    ///
    /// Fails when the text has no certificate, or one that cannot be parsed.
    pub fn with_roots_of_pem(self, pem: &[u8]) -> Result<Self, AddressError> {
        let roots: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
        let roots = roots.map_err(|error| AddressError(format!("is not a PEM file: {error}")))?;
        if roots.is_empty() {
            return Err(AddressError("has no certificate in PEM (-----BEGIN CERTIFICATE-----)".to_owned()));
        }
        for root in &roots {
            webpki::anchor_from_trusted_cert(root)
                .map_err(|error| AddressError(format!("has a certificate that cannot be used: {error}")))?;
        }
        Ok(self.with_roots(roots))
    }

    /// Returns the same address with trusted certificates.
    #[must_use]
    pub fn with_roots(self, roots: Vec<CertificateDer<'static>>) -> Self {
        Self { roots, ..self }
    }
}
