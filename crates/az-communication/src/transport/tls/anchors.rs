//! Authorities in webpki's form.

use rustls::pki_types::{CertificateDer, TrustAnchor};
use webpki::VerifiedPath;

use crate::transport::tls::bundle::Anchor;
use crate::transport::x509::certificate as x509;
use crate::transport::x509::der::element;
use crate::transport::x509::name::canonical;

/// Authorities in webpki's form, and the certificate that each of them comes from.
#[derive(Default)]
pub(crate) struct Anchors<'a> {
    pub(crate) list: Vec<TrustAnchor<'a>>,
    owners: Vec<usize>,
}

impl<'a> Anchors<'a> {
    /// Adds a certificate once for each of these spellings of its name, because webpki compares names byte by byte.
    pub(crate) fn add<'n>(
        &mut self,
        owner: usize,
        der: &'a CertificateDer<'a>,
        spellings: impl Iterator<Item = &'n [u8]>,
    ) {
        let Ok(anchor) = webpki::anchor_from_trusted_cert(der) else { return };
        for (_, subject, _) in spellings.filter_map(element) {
            self.owners.push(owner);
            self.list.push(TrustAnchor { subject: subject.to_vec().into(), ..anchor.clone() });
        }
    }

    /// Returns the certificate at the end of a path.
    pub(crate) fn owner(&self, path: &VerifiedPath<'_>) -> Option<usize> {
        let at = self.list.iter().position(|anchor| std::ptr::eq(anchor, path.anchor()))?;
        self.owners.get(at).copied()
    }
}

/// Returns the number of authorities between a server and the end of a path. Self-issued certificates do not count.
pub(crate) fn between(path: &VerifiedPath<'_>) -> usize {
    path.intermediate_certificates().filter(|certificate| certificate.issuer() != certificate.subject()).count()
}

/// Returns the certificates of a store that could have issued a certificate of the chain, as anchors.
pub(crate) fn possible(certificates: Vec<CertificateDer<'static>>, chain: &[CertificateDer<'_>]) -> Vec<Anchor> {
    let issuers: Vec<Vec<u8>> =
        chain.iter().filter_map(|der| x509::parse(der)).map(|certificate| canonical(certificate.issuer)).collect();
    certificates
        .into_iter()
        .filter(|der| x509::parse(der).is_some_and(|certificate| issuers.contains(&canonical(certificate.subject))))
        .map(|der| Anchor { der, is_distrusted: false })
        .collect()
}
