//! Checks whether a chain of certificates leads from a server to a trusted authority. It uses webpki's checks, and adds
//! checks of the authority that webpki leaves out.

use std::cell::RefCell;

use rustls::pki_types::{CertificateDer, ServerName, TrustAnchor, UnixTime};
use webpki::{
    EndEntityCert, Error, ExtendedKeyUsageValidator, KeyPurposeId, KeyPurposeIdIter, KeyUsage,
    RequiredEkuNotFoundContext, VerifiedPath,
};

use crate::transport::tls::algorithms::SUPPORTED;
use crate::transport::tls::anchors::{Anchors, between};
use crate::transport::tls::bundle::Anchor;
use crate::transport::tls::certificate_problem::{AnchorFault, ProblemKind, Who};
use crate::transport::tls::spelling::{self, Vouchers};
use crate::transport::tls::{anchor_check, diagnosis};
use crate::transport::x509::certificate::Certificate;
use crate::transport::x509::name::readable;
use crate::transport::x509::{certificate as x509, pem};

/// The certificates of a server, and the name that they must be valid for.
#[derive(Clone, Copy)]
pub(crate) struct Shown<'a> {
    pub(crate) end_entity: &'a CertificateDer<'a>,
    pub(crate) intermediates: &'a [CertificateDer<'a>],
    pub(crate) name: &'a ServerName<'a>,
    pub(crate) now: UnixTime,
}

/// A check of a path that leads to an authority.
type Judge<'a> = &'a dyn Fn(&VerifiedPath<'_>) -> Result<(), Error>;

impl<'a> Shown<'a> {
    /// Returns all certificates, the server's own certificate first.
    pub(crate) fn chain(&self) -> Vec<CertificateDer<'a>> {
        std::iter::once(self.end_entity).chain(self.intermediates).cloned().collect()
    }

    /// Returns the time in seconds since 1970.
    pub(crate) fn second(&self) -> i64 {
        i64::try_from(self.now.as_secs()).unwrap_or(i64::MAX)
    }

    /// Checks whether the server is on this machine.
    pub(crate) fn is_local(&self) -> bool {
        match self.name {
            ServerName::DnsName(name) => name.as_ref().eq_ignore_ascii_case("localhost"),
            ServerName::IpAddress(address) => std::net::IpAddr::from(*address).is_loopback(),
            _ => false,
        }
    }

    /// Checks whether the built-in root certificates vouch for the server. They need no additional checks.
    pub(crate) fn check_roots(&self, roots: &[TrustAnchor<'_>]) -> Result<(), ProblemKind> {
        self.check(roots, None).map_err(|refused| match refused {
            Refused::Webpki(error) => diagnosis::of(&error, self, &[]),
            Refused::Here(problem) => problem,
        })
    }

    /// Checks whether certificates of a bundle or of this machine vouch for the server.
    pub(crate) fn check_anchors(&self, found: &[Anchor]) -> Result<(), ProblemKind> {
        if let Some(pin) = found.iter().find(|anchor| anchor.der == *self.end_entity) {
            return self.check_pinned(pin);
        }
        let known: Vec<(Certificate<'_>, &Anchor)> =
            found.iter().filter_map(|anchor| Some((x509::parse(&anchor.der)?, anchor))).collect();
        let chain = self.chain();
        let shown: Vec<Certificate<'_>> = chain.iter().filter_map(|der| x509::parse(der)).collect();
        let issuers: Vec<&[u8]> = shown.iter().map(|certificate| certificate.issuer).collect();
        let mut anchors = Anchors::default();
        for (at, (certificate, anchor)) in known.iter().enumerate() {
            let others = spelling::others(certificate.subject, &issuers);
            anchors.add(at, &anchor.der, std::iter::once(certificate.subject).chain(others));
        }
        let refused = RefCell::new(None);
        let judge = |path: &VerifiedPath<'_>| {
            let (authority, anchor) = anchors.owner(path).and_then(|at| known.get(at)).ok_or(Error::UnknownIssuer)?;
            let verdict = match anchor.is_distrusted {
                true => Err(AnchorFault::Distrusted),
                false => anchor_check::judge(authority, between(path), self.second()),
            };
            verdict.map_err(|fault| {
                refused.replace(Some(ProblemKind::Anchor(readable(authority.subject), fault)));
                Error::UnknownIssuer
            })
        };
        let error = match (self.check(&anchors.list, Some(&judge)), refused.take()) {
            (Ok(()), _) => return Ok(()),
            (Err(Refused::Here(problem)), _) | (Err(Refused::Webpki(_)), Some(problem)) => return Err(problem),
            (Err(Refused::Webpki(error)), None) => error,
        };
        match error {
            Error::UnknownIssuer | Error::InvalidSignatureForPublicKey
                if self.check_spelled(&shown, &issuers, &known) =>
            {
                Ok(())
            }
            error => Err(diagnosis::of(&error, self, found)),
        }
    }

    /// Checks whether a path leads over authorities of the server's chain whose names are written in two ways. webpki
    /// checks the certificates below such an authority. This function checks the authority itself.
    fn check_spelled(
        &self,
        shown: &[Certificate<'_>],
        issuers: &[&[u8]],
        known: &[(Certificate<'_>, &Anchor)],
    ) -> bool {
        let sent = shown.get(1..).unwrap_or_default();
        let vouchers = Vouchers::new(sent, known, self.second());
        let ders: Vec<CertificateDer<'_>> = sent.iter().map(|certificate| certificate.der.into()).collect();
        let mut anchors = Anchors::default();
        for (at, certificate) in sent.iter().enumerate() {
            anchors.add(at, &ders[at], spelling::others(certificate.subject, issuers).into_iter());
        }
        let judge = |path: &VerifiedPath<'_>| {
            let owner = anchors.owner(path).and_then(|at| sent.get(at));
            match owner.is_some_and(|owner| vouchers.vouch_for(owner, between(path))) {
                true => Ok(()),
                false => Err(Error::UnknownIssuer),
            }
        };
        !anchors.list.is_empty() && self.check(&anchors.list, Some(&judge)).is_ok()
    }

    fn check(&self, anchors: &[TrustAnchor<'_>], judge: Option<Judge<'_>>) -> Result<(), Refused> {
        let unfit = RefCell::new(None);
        // webpki does not check the key usage.
        let judge_all = |path: &VerifiedPath<'_>| {
            for between in path.intermediate_certificates() {
                let der = between.der();
                let authority = x509::parse(&der).ok_or(Error::BadDer)?;
                if !anchor_check::may_sign(&authority) {
                    unfit.replace(Some(ProblemKind::KeyUsage(Who::Intermediate(readable(authority.subject)))));
                    return Err(Error::EndEntityUsedAsCa);
                }
            }
            judge.map_or(Ok(()), |judge| judge(path))
        };
        let server = EndEntityCert::try_from(self.end_entity).map_err(Refused::Webpki)?;
        let verified = server.verify_for_usage(
            SUPPORTED.all,
            anchors,
            self.intermediates,
            self.now,
            ForServers,
            None,
            Some(&judge_all),
        );
        if let Err(error) = verified {
            return Err(unfit.take().map_or(Refused::Webpki(error), Refused::Here));
        }
        server.verify_is_valid_for_subject_name(self.name).map_err(Refused::Webpki)?;
        let server = x509::parse(self.end_entity).ok_or(Refused::Here(ProblemKind::Malformed))?;
        fit_to_serve(&server).map_err(Refused::Here)
    }

    /// Checks a server whose own certificate is in the bundle. It is trusted directly, as in OpenSSL. Self-signed test
    /// certificates are often authorities, too, and webpki does not accept an authority as a server.
    fn check_pinned(&self, pin: &Anchor) -> Result<(), ProblemKind> {
        let certificate = x509::parse(self.end_entity).ok_or(ProblemKind::Malformed)?;
        if pin.is_distrusted {
            return Err(ProblemKind::Anchor(readable(certificate.subject), AnchorFault::Distrusted));
        }
        if self.second() < certificate.not_before {
            return Err(ProblemKind::NotValidYet(Who::Server, certificate.not_before));
        }
        if self.second() > certificate.not_after {
            return Err(ProblemKind::Expired(Who::Server, certificate.not_after));
        }
        if !anchor_check::is_for_servers(&certificate) {
            return Err(ProblemKind::Purpose(Who::Server));
        }
        fit_to_serve(&certificate)?;
        let server = EndEntityCert::try_from(self.end_entity);
        let named = server.and_then(|server| server.verify_is_valid_for_subject_name(self.name));
        named.map_err(|error| diagnosis::of(&error, self, &[]))
    }
}

/// The reason why a chain is refused.
enum Refused {
    /// webpki refused it.
    Webpki(Error),
    /// One of our own checks, which webpki lacks, failed.
    Here(ProblemKind),
}

/// Checks whether the key usage and the certificate type permit servers, as in OpenSSL.
fn fit_to_serve(server: &Certificate<'_>) -> Result<(), ProblemKind> {
    if !anchor_check::may_serve(server) {
        return Err(ProblemKind::KeyUsage(Who::Server));
    }
    match anchor_check::is_of_server_type(server) {
        true => Ok(()),
        false => Err(ProblemKind::NetscapeType),
    }
}

/// Requires an extended key usage for servers, or one of its older forms, unless there is no extended key usage.
struct ForServers;

impl ExtendedKeyUsageValidator for ForServers {
    fn validate(&self, purposes: KeyPurposeIdIter<'_, '_>) -> Result<(), Error> {
        let allowed =
            [pem::SERVER, anchor_check::SERVER_GATED[0], anchor_check::SERVER_GATED[1]].map(KeyPurposeId::new);
        let mut present = Vec::new();
        for purpose in purposes {
            let purpose = purpose?;
            if allowed.contains(&purpose) {
                return Ok(());
            }
            present.push(purpose.to_decoded_oid());
        }
        match present.is_empty() {
            true => Ok(()),
            false => {
                let required = KeyUsage::server_auth();
                Err(Error::RequiredEkuNotFoundContext(RequiredEkuNotFoundContext { required, present }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

    use super::*;
    use crate::transport::tls::anchors::possible;

    /// Checks whether an authority vouches for a server.
    fn check(server: Vec<u8>, authority: Vec<u8>) -> Result<(), ProblemKind> {
        let (end_entity, authority) = (server.into(), CertificateDer::from(authority));
        let name = ServerName::try_from("localhost").unwrap();
        // 2030-01-01.
        let now = UnixTime::since_unix_epoch(Duration::from_secs(1_893_456_000));
        let intermediates = [authority.clone()];
        let shown = Shown { end_entity: &end_entity, intermediates: &intermediates, name: &name, now };
        let anchors = possible(vec![authority], &shown.chain());
        shown.check_anchors(&anchors)
    }

    #[test]
    fn damaged_certificates_are_refused_without_a_panic() {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(1));
        let key = KeyPair::generate().unwrap();
        let authority = params.self_signed(&key).unwrap().der().to_vec();
        let issuer = Issuer::from_params(&params, &key);
        let server = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let server = server.signed_by(&KeyPair::generate().unwrap(), &issuer).unwrap().der().to_vec();
        assert_eq!(check(server.clone(), authority.clone()), Ok(()));
        let mut accepted = 0;
        for at in 0..server.len() {
            for change in [0x01, 0x80, 0xff] {
                let mut damaged = server.clone();
                damaged[at] ^= change;
                assert!(check(damaged, authority.clone()).is_err(), "byte {at} of the server's certificate");
            }
            assert!(check(server[..at].to_vec(), authority.clone()).is_err());
        }
        for at in 0..authority.len() {
            for change in [0x01, 0x80, 0xff] {
                let mut damaged = authority.clone();
                damaged[at] ^= change;
                // The serial number and the signature of a trusted authority are not checked.
                accepted += usize::from(check(server.clone(), damaged).is_ok());
            }
            assert!(check(server.clone(), authority[..at].to_vec()).is_err());
        }
        assert!(accepted < 3 * authority.len() / 2, "{accepted}");
    }
}
