//! Describes the certificates in force for people.

use rustls::pki_types::CertificateDer;
use time::OffsetDateTime;

use super::names::HostName;
use super::{Pki, lock, subject, x509};
use crate::crypto::digest;

/// What a certificate is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Clients trust it.
    Authority,
    /// The emulator shows it to clients.
    Server,
}

/// A certificate in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DescribedCertificate {
    pub(crate) role: Role,
    /// Whether it is the user's own one.
    pub(crate) is_own: bool,
    pub(crate) subject: String,
    /// The hosts that it names.
    pub(crate) names: Vec<HostName>,
    pub(crate) not_before: OffsetDateTime,
    pub(crate) not_after: OffsetDateTime,
    /// The fingerprint, as openssl and browsers show it.
    pub(crate) sha256: String,
}

impl Pki {
    /// Describes the certificate of the authority, the emulator's server certificate, and the user's own certificate.
    pub(crate) fn described(&self) -> Vec<DescribedCertificate> {
        let server = self.current().server.key.cert.first().cloned();
        let own = self.own.as_ref().and_then(|own| lock(own).loaded.key.cert.first().cloned());
        let all = [
            (Role::Authority, false, Some(self.authority.root.clone())),
            (Role::Server, false, server),
            (Role::Server, true, own),
        ];
        all.into_iter().filter_map(|(role, is_own, certificate)| describe(role, is_own, &certificate?)).collect()
    }
}

fn describe(role: Role, is_own: bool, certificate: &CertificateDer<'_>) -> Option<DescribedCertificate> {
    let fields = x509::read(certificate)?;
    let hash = digest::digest(&digest::SHA256, certificate);
    let sha256: Vec<String> = hash.as_ref().iter().map(|byte| format!("{byte:02X}")).collect();
    Some(DescribedCertificate {
        role,
        is_own,
        subject: subject::read(certificate)?,
        names: fields.names,
        not_before: fields.not_before,
        not_after: fields.not_after,
        sha256: sha256.join(":"),
    })
}
