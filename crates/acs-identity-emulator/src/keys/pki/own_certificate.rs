//! The user's own certificate, for example from a company's authority or from mkcert. It consists of two files, which
//! are read again when they change.

use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::sign::CertifiedKey;
use time::OffsetDateTime;

use super::names::HostName;
use super::x509;
use crate::crypto;
use crate::error::{Error, OwnFile};
use crate::files;
use crate::system;

/// The identity, size and date of a file. They show whether the file has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Fingerprint(Option<(u64, u64, SystemTime)>);

impl Fingerprint {
    /// Returns the fingerprint of the file to which the path leads. Links are followed, because Kubernetes and certbot
    /// update folders by changing links.
    fn of(path: &Path) -> Self {
        let of = |metadata: Metadata| Some((system::identity(&metadata).1, metadata.len(), metadata.modified().ok()?));
        Self(std::fs::metadata(path).ok().and_then(of))
    }
}

/// The paths of the two files.
#[derive(Debug, Clone)]
struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

impl Files {
    fn fingerprint(&self) -> [Fingerprint; 2] {
        [Fingerprint::of(&self.certificate), Fingerprint::of(&self.key)]
    }

    /// Returns an error about one of the files.
    fn wrong(&self, file: OwnFile, what: impl Into<String>) -> Error {
        let path = match file {
            OwnFile::Certificate => &self.certificate,
            OwnFile::Key => &self.key,
        };
        Error::OwnCertificate(file, Box::new(Error::Content(path.clone(), what.into())))
    }

    fn read(&self, now: OffsetDateTime) -> Result<Loaded, Error> {
        let wrong = |what: &str| self.wrong(OwnFile::Certificate, what);
        let content = |path: &Path, file: OwnFile| {
            files::read_given(path).map_err(|error| Error::OwnCertificate(file, Box::new(error)))
        };
        let certificate = content(&self.certificate, OwnFile::Certificate)?;
        let key = content(&self.key, OwnFile::Key)?;
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&certificate)
            .collect::<Result<_, _>>()
            .map_err(|_| wrong("does not hold certificates in PEM"))?;
        let first = chain.first().ok_or_else(|| wrong("does not hold a certificate in PEM"))?;
        let fields = x509::read(first).ok_or_else(|| wrong("contains something other than a certificate"))?;
        let date = |at: OffsetDateTime| acs_identity_protocol::time::whole_seconds(at);
        if now > fields.not_after {
            return Err(wrong(&format!("contains a certificate that expired on {}", date(fields.not_after))));
        }
        if now < fields.not_before {
            let from = date(fields.not_before);
            return Err(wrong(&format!("contains a certificate that is not valid before {from}")));
        }
        let secret = PrivateKeyDer::from_pem_slice(&key)
            .map_err(|_| self.wrong(OwnFile::Key, "does not hold a private key in PEM without a password"))?;
        let key = CertifiedKey::from_der(chain, secret, &crypto::tls()).map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => self.wrong(
                OwnFile::Key,
                format!("does not hold the key of the certificate in {}", self.certificate.display()),
            ),
            _ => self.wrong(OwnFile::Key, "holds a kind of key that is not supported"),
        })?;
        Ok(Loaded { key: Arc::new(key), names: fields.names, not_after: fields.not_after })
    }
}

/// The content of the files when they were read.
#[derive(Debug, Clone)]
pub(super) struct Loaded {
    pub(super) key: Arc<CertifiedKey>,
    pub(super) names: Vec<HostName>,
    pub(super) not_after: OffsetDateTime,
}

/// A certificate from another issuer.
#[derive(Debug)]
pub(crate) struct OwnCertificate {
    files: Files,
    /// The fingerprints of the files at the last check.
    seen: [Fingerprint; 2],
    pub(super) loaded: Loaded,
}

impl OwnCertificate {
    /// Reads the files: a certificate that is valid now, followed by the certificates of its issuers, and its key.
    pub(crate) fn open(certificate: &Path, key: &Path, now: OffsetDateTime) -> Result<Self, Error> {
        let files = Files { certificate: certificate.to_owned(), key: key.to_owned() };
        let seen = files.fingerprint();
        Ok(Self { loaded: files.read(now)?, seen, files })
    }

    /// Reads the files again if they have changed since the last check. Returns whether they have changed. If they
    /// cannot be used, the previous certificate stays: perhaps only one of the files was written so far.
    pub(super) fn reload_if_changed(&mut self, now: OffsetDateTime) -> Result<bool, Error> {
        let seen = self.files.fingerprint();
        if seen == self.seen {
            return Ok(false);
        }
        self.seen = seen;
        self.loaded = self.files.read(now)?;
        Ok(true)
    }

    /// Returns whether the certificate names a host.
    pub(crate) fn covers(&self, name: &HostName) -> bool {
        covers(&self.loaded.key, &name.to_string())
    }

    /// Returns a warning about the names in the certificate. The emulator's own certificate serves all other names.
    pub(crate) fn warning(&self) -> Option<String> {
        if self.loaded.names.is_empty() {
            return Some(
                "the certificate of --certificate names no host (subjectAltName), so clients do not accept it".into(),
            );
        }
        // A client that connects to an address does not send a server name. So this certificate is served for all
        // addresses.
        let is_address = |name: &&HostName| matches!(name, HostName::Address(_));
        let localhost = HostName::Name("localhost".into());
        let name = self.loaded.names.iter().find(is_address).or(self.covers(&localhost).then_some(&localhost))?;
        let there = if is_address(&name) { "that connect to addresses" } else { "that use this name" };
        Some(format!(
            "the certificate of --certificate names {name}: clients {there} must trust its issuer; ca.pem is not enough"
        ))
    }
}

/// Returns whether the first certificate of the chain names a host.
pub(super) fn covers(key: &CertifiedKey, name: &str) -> bool {
    let Ok(name) = ServerName::try_from(name) else { return false };
    key.end_entity_cert()
        .ok()
        .and_then(|certificate| webpki::EndEntityCert::try_from(certificate).ok())
        .is_some_and(|certificate| certificate.verify_is_valid_for_subject_name(&name).is_ok())
}

#[cfg(test)]
mod tests;
