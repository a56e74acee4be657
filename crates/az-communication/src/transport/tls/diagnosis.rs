//! Explains why webpki refused a chain. This runs only after a failure.

use std::net::IpAddr;

use rustls::pki_types::ServerName;
use webpki::Error;

use crate::transport::tls::bundle::Anchor;
use crate::transport::tls::certificate_problem::{EmulatorNames, ProblemKind, Who};
use crate::transport::tls::spelling::{are_same, has_signed};
use crate::transport::tls::verify::Shown;
use crate::transport::tls::{algorithms, anchor_check};
use crate::transport::x509::certificate as x509;
use crate::transport::x509::certificate::Certificate;
use crate::transport::x509::der::{INTEGER, element, elements};
use crate::transport::x509::name::readable;
use acs_identity_protocol::visible::escaped;

/// The tag of a DNS name in a subjectAltName.
const DNS_NAME: u8 = 0x82;

/// Returns the problem for webpki's error about a server's certificates, checked with these authorities.
pub(crate) fn of(error: &Error, shown: &Shown<'_>, anchors: &[Anchor]) -> ProblemKind {
    let Some(server) = x509::parse(shown.end_entity) else { return ProblemKind::Malformed };
    let sent: Vec<Certificate<'_>> = shown.intermediates.iter().filter_map(|der| x509::parse(der)).collect();
    let known: Vec<Certificate<'_>> = anchors.iter().filter_map(|anchor| x509::parse(&anchor.der)).collect();
    let all = || std::iter::once(&server).chain(&sent);
    let who = |certificate: &Certificate<'_>| match certificate.der == server.der {
        true => Who::Server,
        false => Who::Intermediate(readable(certificate.subject)),
    };
    let now = shown.second();
    match error {
        Error::UnknownIssuer => unknown_issuer(&server, &sent),
        Error::CertExpired { .. } => match all().find(|certificate| now > certificate.not_after) {
            Some(old) => ProblemKind::Expired(who(old), old.not_after),
            None => ProblemKind::Malformed,
        },
        Error::CertNotValidYet { .. } => match all().find(|certificate| now < certificate.not_before) {
            Some(young) => ProblemKind::NotValidYet(who(young), young.not_before),
            None => ProblemKind::Malformed,
        },
        // The certificate ends before it begins.
        Error::InvalidCertValidity => match all().find(|certificate| certificate.not_after < certificate.not_before) {
            Some(odd) if now > odd.not_after => ProblemKind::Expired(who(odd), odd.not_after),
            Some(odd) => ProblemKind::NotValidYet(who(odd), odd.not_before),
            None => ProblemKind::Malformed,
        },
        Error::CertNotValidForName(_) | Error::UnsupportedNameType | Error::MalformedDnsIdentifier
            if let Some(address) = address_as_name(&server, shown.name) =>
        {
            ProblemKind::AddressAsName(address)
        }
        Error::CertNotValidForName(_) | Error::UnsupportedNameType => ProblemKind::OtherName(names(&server)),
        Error::CaUsedAsEndEntity if server.is_self_issued() => ProblemKind::SelfSigned,
        Error::CaUsedAsEndEntity => ProblemKind::Authority,
        Error::EndEntityUsedAsCa => {
            let issuer = sent.iter().find(|certificate| all().any(|below| below.issuer == certificate.subject));
            ProblemKind::NotAnAuthority(readable(issuer.map_or(server.issuer, |issuer| issuer.subject)))
        }
        Error::NameConstraintViolation => ProblemKind::NameConstraints,
        Error::PathLenConstraintViolated => ProblemKind::PathLength,
        Error::MaximumPathDepthExceeded
        | Error::MaximumPathBuildCallsExceeded
        | Error::MaximumSignatureChecksExceeded
        | Error::MaximumNameConstraintComparisonsExceeded => ProblemKind::TooMany,
        Error::RequiredEkuNotFoundContext(_) | Error::EmptyEkuExtension => {
            let other = all().find(|certificate| !anchor_check::is_for_servers(certificate));
            ProblemKind::Purpose(other.map_or(Who::Server, who))
        }
        Error::UnsupportedCriticalExtension => all()
            .find_map(|certificate| {
                Some(ProblemKind::CriticalExtension(who(certificate), anchor_check::unknown_critical(certificate)?))
            })
            .unwrap_or(ProblemKind::Malformed),
        Error::UnsupportedSignatureAlgorithmContext(_)
        | Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_)
        | Error::InvalidSignatureForPublicKey => {
            for certificate in all() {
                if !algorithms::is_supported(certificate.algorithm) {
                    return ProblemKind::Signature(who(certificate), algorithms::name(certificate.algorithm));
                }
                let issuers =
                    || sent.iter().chain(&known).filter(|issuer| are_same(issuer.subject, certificate.issuer));
                if issuers().any(|issuer| has_signed(issuer, certificate)) {
                    continue;
                }
                let Some(issuer) = issuers().next() else { continue };
                if let Some(problem) = unusable_key(issuer, Who::Intermediate(readable(issuer.subject))) {
                    return problem;
                }
                return match known.iter().any(|anchor| anchor.der == issuer.der) {
                    true => ProblemKind::OtherKey { issuer: readable(issuer.subject) },
                    false => ProblemKind::BadSignature(who(certificate)),
                };
            }
            // All signatures in the chain are correct, and the chain ends at a certificate of the server that has the
            // name of a trusted authority.
            let other = known.iter().find(|anchor| {
                let mut named = all().filter(|certificate| are_same(anchor.subject, certificate.issuer)).peekable();
                named.peek().is_some() && !named.any(|certificate| has_signed(anchor, certificate))
            });
            match other {
                Some(anchor) => ProblemKind::OtherKey { issuer: readable(anchor.subject) },
                None => ProblemKind::BadSignature(Who::Server),
            }
        }
        _ => ProblemKind::Malformed,
    }
}

/// Returns the requested name and the names in the certificate, if an emulator was addressed by a name that is not in
/// its certificate.
pub(crate) fn emulator_of_another_name(shown: &Shown<'_>) -> Option<EmulatorNames> {
    let server = x509::parse(shown.end_entity)?;
    if !acs_identity_emulator::ISSUERS.contains(&readable(server.issuer).as_str()) {
        return None;
    }
    let parsed = webpki::EndEntityCert::try_from(shown.end_entity).ok()?;
    match parsed.verify_is_valid_for_subject_name(shown.name) {
        Ok(()) => None,
        Err(_) => Some(EmulatorNames { asked: shown.name.to_str().into_owned(), names: names(&server) }),
    }
}

/// Returns the problem if the server cannot prove that it has the key of its certificate.
pub(crate) fn of_handshake_signature(server: &[u8]) -> ProblemKind {
    let key = x509::parse(server).and_then(|certificate| unusable_key(&certificate, Who::Server));
    key.unwrap_or(ProblemKind::BadSignature(Who::Server))
}

/// Finds the end of the server's chain.
fn unknown_issuer(server: &Certificate<'_>, sent: &[Certificate<'_>]) -> ProblemKind {
    if server.is_self_issued() {
        return ProblemKind::SelfSigned;
    }
    let mut last = server;
    // More steps than certificates would mean a loop.
    for _ in 0..sent.len() {
        match sent.iter().find(|issuer| are_same(issuer.subject, last.issuer)) {
            Some(issuer) if !last.is_self_issued() => last = issuer,
            _ => break,
        }
    }
    ProblemKind::UnknownIssuer { issuer: readable(last.issuer), sent: last.is_self_issued() }
}

/// Returns the problem with a key that no supported algorithm accepts.
fn unusable_key(certificate: &Certificate<'_>, who: Who) -> Option<ProblemKind> {
    const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
    let (_, algorithm, _) = element(certificate.key)?;
    let (id, _, key) = certificate.key_parts()?;
    if id == RSA {
        let (_, numbers, _) = element(key)?;
        let (INTEGER, modulus, _) = element(numbers)? else { return None };
        let start = modulus.iter().position(|byte| *byte != 0)?;
        let bits = (modulus.len() - start) * 8 - modulus[start].leading_zeros() as usize;
        return (!(2048..=8192).contains(&bits)).then_some(ProblemKind::KeySize(who, bits));
    }
    let is_known = algorithms::SUPPORTED.all.iter().any(|known| known.public_key_alg_id().as_ref() == algorithm);
    (!is_known).then(|| ProblemKind::Key(who, algorithms::name(algorithm)))
}

/// Returns the entries of the subjectAltName, each with its tag.
fn entries<'a>(certificate: &Certificate<'a>) -> impl Iterator<Item = (u8, &'a [u8])> {
    const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 17];
    let list = certificate.extension(SUBJECT_ALT_NAME).and_then(element).map_or(&[][..], |(_, list, _)| list);
    elements(list)
}

/// Returns the address of the endpoint if the certificate has it as a DNS name.
fn address_as_name(certificate: &Certificate<'_>, name: &ServerName<'_>) -> Option<IpAddr> {
    let ServerName::IpAddress(address) = name else { return None };
    let address = IpAddr::from(*address);
    let is_it = |name: &[u8]| str::from_utf8(name).is_ok_and(|name| name.parse() == Ok(address));
    entries(certificate).any(|(tag, name)| tag == DNS_NAME && is_it(name)).then_some(address)
}

/// Returns the hosts that a certificate is for.
fn names(certificate: &Certificate<'_>) -> Vec<String> {
    entries(certificate)
        .filter_map(|(tag, name)| match (tag, name.len()) {
            (DNS_NAME, _) => Some(escaped(&String::from_utf8_lossy(name)).chars().take(253).collect()),
            (0x87, 4) => Some(<[u8; 4]>::try_from(name).map(std::net::Ipv4Addr::from).ok()?.to_string()),
            (0x87, 16) => Some(<[u8; 16]>::try_from(name).map(std::net::Ipv6Addr::from).ok()?.to_string()),
            _ => None,
        })
        .collect()
}
