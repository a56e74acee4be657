//! Checks whether an authority may sign certificates, by the rules that OpenSSL applies to the authorities of a bundle.
//! webpki checks only their name constraints (docs/decisions/cryptography.md).

use crate::transport::tls::certificate_problem::AnchorFault;
use crate::transport::x509::certificate::Certificate;
use crate::transport::x509::der::{
    BIT_STRING, BOOLEAN, INTEGER, OBJECT_IDENTIFIER, SEQUENCE, dotted, element, elements,
};
use crate::transport::x509::pem;

const KEY_USAGE: &[u8] = &[0x55, 0x1d, 15];
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 19];
const NAME_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 30];
const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1d, 37];

/// The extensions of 2.5.29, by last number, that are checked here or that OpenSSL knows and that have no effect here.
const KNOWN: [u8; 11] = [15, 17, 19, 28, 30, 31, 32, 33, 36, 37, 54];
/// Netscape's certificate type.
const NETSCAPE_TYPE: &[u8] = &[0x60, 0x86, 0x48, 1, 0x86, 0xf8, 0x42, 1, 1];
/// Proxy certificates, IP address blocks and autonomous system numbers.
const PKIX: [&[u8]; 3] = [&[0x2b, 6, 1, 5, 5, 7, 1, 7], &[0x2b, 6, 1, 5, 5, 7, 1, 8], &[0x2b, 6, 1, 5, 5, 7, 1, 14]];
/// Microsoft's and Netscape's older key purposes for servers.
pub(crate) const SERVER_GATED: [&[u8]; 2] =
    [&[0x2b, 6, 1, 4, 1, 0x82, 0x37, 10, 3, 3], &[0x60, 0x86, 0x48, 1, 0x86, 0xf8, 0x42, 4, 1]];

/// Checks an authority. `below` is the number of other authorities below it, and `now` is the time in seconds since
/// 1970.
pub(crate) fn judge(authority: &Certificate<'_>, below: usize, now: i64) -> Result<(), AnchorFault> {
    if now < authority.not_before {
        return Err(AnchorFault::NotValidYet(authority.not_before));
    }
    if now > authority.not_after {
        return Err(AnchorFault::Expired(authority.not_after));
    }
    if let Some(id) = unknown_critical(authority) {
        return Err(AnchorFault::CriticalExtension(id));
    }
    let usage = authority.extension(KEY_USAGE);
    if !may_sign(authority) {
        return Err(AnchorFault::KeyUsage);
    }
    match authority.extension(BASIC_CONSTRAINTS) {
        Some(constraints) => {
            let (is_authority, length) = basic_constraints(constraints).ok_or(AnchorFault::NotAnAuthority)?;
            if !is_authority {
                return Err(AnchorFault::NotAnAuthority);
            }
            if length.is_some_and(|length| below > length) {
                return Err(AnchorFault::PathLength);
            }
        }
        // These are old certificates.
        None if authority.is_version_1 && authority.is_self_issued() => {}
        None if usage.is_some() => {}
        None => return Err(AnchorFault::NotAnAuthority),
    }
    match is_for_servers(authority) {
        true => Ok(()),
        false => Err(AnchorFault::Purpose),
    }
}

/// Returns a critical extension that is not supported.
pub(crate) fn unknown_critical(certificate: &Certificate<'_>) -> Option<String> {
    let is_known = |id: &[u8]| {
        matches!(id, [0x55, 0x1d, last] if KNOWN.contains(last)) || id == NETSCAPE_TYPE || PKIX.contains(&id)
    };
    let unknown = certificate.extensions().find(|extension| extension.is_critical && !is_known(extension.id))?;
    Some(dotted(unknown.id))
}

/// Checks whether the basic constraints say that it is an authority.
pub(crate) fn is_authority(certificate: &Certificate<'_>) -> bool {
    certificate.extension(BASIC_CONSTRAINTS).and_then(basic_constraints).is_some_and(|(is_authority, _)| is_authority)
}

pub(crate) fn has_name_constraints(certificate: &Certificate<'_>) -> bool {
    certificate.extension(NAME_CONSTRAINTS).is_some()
}

/// Checks whether the extended key usage permits servers. A certificate without the extension permits them.
pub(crate) fn is_for_servers(certificate: &Certificate<'_>) -> bool {
    let Some(purposes) = certificate.extension(EXTENDED_KEY_USAGE) else { return true };
    elements(element(purposes).map_or(&[], |(_, list, _)| list)).any(|(tag, id)| {
        tag == OBJECT_IDENTIFIER && (id == pem::SERVER || id == pem::ANY || SERVER_GATED.contains(&id))
    })
}

/// Checks whether the key usage permits signing certificates (keyCertSign, bit 5). A certificate without the extension
/// permits it.
pub(crate) fn may_sign(certificate: &Certificate<'_>) -> bool {
    certificate.extension(KEY_USAGE).is_none_or(|usage| has_bits(usage, 0x04))
}

/// Checks whether the key usage permits TLS: digitalSignature, keyEncipherment or keyAgreement. A certificate without
/// the extension permits it.
pub(crate) fn may_serve(certificate: &Certificate<'_>) -> bool {
    certificate.extension(KEY_USAGE).is_none_or(|usage| has_bits(usage, 0x80 | 0x20 | 0x08))
}

/// Checks whether Netscape's certificate type is the type of a server. A certificate without the extension is accepted.
pub(crate) fn is_of_server_type(certificate: &Certificate<'_>) -> bool {
    certificate.extension(NETSCAPE_TYPE).is_none_or(|kind| has_bits(kind, 0x40))
}

/// Checks whether any of these bits is set among the first eight.
fn has_bits(bits: &[u8], any_of: u8) -> bool {
    matches!(element(bits), Some((BIT_STRING, [_, first, ..], _)) if first & any_of != 0)
}

/// Returns whether it is an authority, and how many other authorities may be below it.
fn basic_constraints(constraints: &[u8]) -> Option<(bool, Option<usize>)> {
    let (SEQUENCE, mut rest, _) = element(constraints)? else { return None };
    let mut is_authority = false;
    if let Some((BOOLEAN, value, behind)) = element(rest) {
        is_authority = value != [0];
        rest = behind;
    }
    let length = match element(rest) {
        Some((INTEGER, bytes, _)) if bytes.len() <= 4 && bytes.first().is_some_and(|first| first & 0x80 == 0) => {
            Some(bytes.iter().fold(0, |number, byte| (number << 8) | usize::from(*byte)))
        }
        Some((INTEGER, [0..0x80, ..], _)) | None => None,
        Some(_) => return None,
    };
    Some((is_authority, length))
}
