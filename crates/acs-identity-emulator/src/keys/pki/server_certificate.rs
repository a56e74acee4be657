//! The server certificate: the chain that is sent to clients, checked in the way that clients check it.

use std::sync::Arc;
use std::time::Duration as StdDuration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, SignatureVerificationAlgorithm, UnixTime};
use rustls::sign::CertifiedKey;
use time::{Duration, OffsetDateTime};

use super::authority::Authority;
use super::names::HostName;
use super::x509;
use crate::crypto::{self, CERTIFICATE_ALGORITHM};

/// A certificate is renewed this long before its expiry.
const RENEWAL: Duration = Duration::days(30);

/// The signature algorithms of the authority.
const ALGORITHMS: &[&dyn SignatureVerificationAlgorithm] = &[CERTIFICATE_ALGORITHM];

/// A chain with its key, and the fields of its first certificate.
#[derive(Debug, Clone)]
pub(super) struct ServerCertificate {
    pub(super) key: Arc<CertifiedKey>,
    pub(super) names: Vec<HostName>,
    not_before: OffsetDateTime,
    pub(super) not_after: OffsetDateTime,
}

impl ServerCertificate {
    /// Reads a certificate of the authority and its key. Fails with the reason when it is not valid at this time.
    pub(super) fn open(pem: &str, key: &str, authority: &Authority, now: OffsetDateTime) -> Result<Self, &'static str> {
        let certificate = CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|_| "cannot be read")?;
        let fields = x509::read(&certificate).ok_or("cannot be read")?;
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(|_| "has a key that cannot be read")?;
        verify(&certificate, authority, now)?;
        let mut chain = vec![certificate];
        chain.extend(authority.intermediate.clone());
        chain.push(authority.root.clone());
        let key = CertifiedKey::from_der(chain, key, &crypto::tls()).map_err(|_| "does not match its key")?;
        Ok(Self { key: Arc::new(key), names: fields.names, not_before: fields.not_before, not_after: fields.not_after })
    }

    /// Returns whether the authority has signed the certificate. The dates are not checked.
    pub(super) fn is_of(pem: &str, authority: &Authority) -> bool {
        let Ok(certificate) = CertificateDer::from_pem_slice(pem.as_bytes()) else { return false };
        x509::read(&certificate).is_some_and(|fields| verify(&certificate, authority, fields.not_after).is_ok())
    }

    /// Returns whether a new certificate is needed: this one expires soon, or the clock was set back to before its
    /// start. Returns false if the authority's own dates do not allow a better one.
    pub(super) fn is_due(&self, authority: &Authority, now: OffsetDateTime) -> bool {
        let ends = now + RENEWAL > self.not_after && self.not_after < authority.not_after;
        let has_not_begun = now < self.not_before && self.not_before > authority.not_before;
        ends || has_not_begun
    }

    pub(super) fn has_names(&self, names: &[HostName]) -> bool {
        self.names.len() == names.len() && names.iter().all(|name| self.names.contains(name))
    }
}

/// Checks the path to the root, as clients do.
fn verify(certificate: &CertificateDer<'_>, authority: &Authority, now: OffsetDateTime) -> Result<(), &'static str> {
    let unreadable = |_| "cannot be read";
    let anchor = webpki::anchor_from_trusted_cert(&authority.root).map_err(unreadable)?;
    let server = webpki::EndEntityCert::try_from(certificate).map_err(unreadable)?;
    let seconds = u64::try_from(now.unix_timestamp()).unwrap_or_default();
    let time = UnixTime::since_unix_epoch(StdDuration::from_secs(seconds));
    let usage = webpki::KeyUsage::server_auth();
    let intermediates = authority.intermediate.as_slice();
    match server.verify_for_usage(ALGORITHMS, &[anchor], intermediates, time, usage, None, None) {
        Ok(_) => Ok(()),
        Err(webpki::Error::CertExpired { .. }) => Err("has expired"),
        Err(webpki::Error::CertNotValidYet { .. }) => Err("is not valid yet"),
        Err(_) => Err("was not signed by the authority"),
    }
}
