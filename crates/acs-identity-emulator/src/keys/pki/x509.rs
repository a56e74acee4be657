//! Reads the fields of a certificate from DER: dates, names and constraints.

use std::net::{Ipv4Addr, Ipv6Addr};

use acs_identity_protocol::time::{CertificateTime, parse_certificate_time};
use time::OffsetDateTime;

use super::names::{HostName, Subtree};
use crate::der::{SEQUENCE, element, elements};

const OCTET_STRING: u8 = 0x04;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const VERSION: u8 = 0xa0;
const EXTENSIONS: u8 = 0xa3;
/// Tags within names: a host and an address.
const DNS_NAME: u8 = 0x82;
const IP_ADDRESS: u8 = 0x87;
const PERMITTED: u8 = 0xa0;
const EXCLUDED: u8 = 0xa1;

const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 17];
const NAME_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 30];

/// The fields of a certificate that the emulator needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fields {
    pub(super) not_before: OffsetDateTime,
    pub(super) not_after: OffsetDateTime,
    /// The hosts that it names. Entries that are not valid hosts are left out.
    pub(super) names: Vec<HostName>,
    /// The subtrees for which it may sign. `None` if it has no constraints.
    pub(super) permitted: Option<Vec<Subtree>>,
    /// The subtrees for which it may not sign, although they are permitted.
    pub(super) excluded: Vec<Subtree>,
}

/// Reads a certificate. Returns `None` if it cannot be parsed.
pub(super) fn read(der: &[u8]) -> Option<Fields> {
    let fields = signed_fields(der)?;
    // The fields before this one are serial number, algorithm and issuer; this one is the validity.
    let (SEQUENCE, validity) = *fields.get(3)? else { return None };
    let (tag, before, rest) = element(validity)?;
    let not_before = time(tag, before)?;
    let (tag, after, _) = element(rest)?;
    let not_after = time(tag, after)?;
    let list = fields.iter().find(|(tag, _)| *tag == EXTENSIONS).and_then(|(_, content)| element(content));
    let list = list.map_or(&[][..], |(_, list, _)| list);
    let names = extension(list, SUBJECT_ALT_NAME).map_or(&[][..], |names| names);
    let names = elements(names).filter_map(|(tag, name)| host(tag, name)).collect();
    let constraints = extension(list, NAME_CONSTRAINTS);
    let permitted = constraints.map(|constraints| parts(constraints, PERMITTED));
    let excluded = constraints.map_or_else(Vec::new, |constraints| parts(constraints, EXCLUDED));
    Some(Fields { not_before, not_after, names, permitted, excluded })
}

/// Returns the fields of the signed part of a certificate, from the serial number on.
pub(super) fn signed_fields(der: &[u8]) -> Option<Vec<(u8, &[u8])>> {
    let (SEQUENCE, certificate, _) = element(der)? else { return None };
    let (SEQUENCE, signed, _) = element(certificate)? else { return None };
    // A certificate of version 1 has no version field.
    Some(elements(signed).skip_while(|(tag, _)| *tag == VERSION).collect())
}

/// Returns the signed part of a certificate, and its signature.
pub(super) fn signed(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (_, certificate, _) = element(der)?;
    let (_, _, behind) = element(certificate)?;
    let signed = certificate.get(..certificate.len() - behind.len())?;
    let (_, _, rest) = element(behind)?;
    let (_, signature, _) = element(rest)?;
    // The first byte is the number of unused bits.
    Some((signed, signature.get(1..)?))
}

/// Returns the content of the sequence in an extension.
fn extension<'a>(list: &'a [u8], wanted: &[u8]) -> Option<&'a [u8]> {
    let (_, extension) =
        elements(list).find(|(_, extension)| element(extension).is_some_and(|(_, id, _)| id == wanted))?;
    // A critical flag may come before the value.
    let (_, value) = elements(extension).find(|(tag, _)| *tag == OCTET_STRING)?;
    element(value).map(|(_, content, _)| content)
}

fn host(tag: u8, name: &[u8]) -> Option<HostName> {
    match (tag, name.len()) {
        (DNS_NAME, _) => Some(HostName::Name(str::from_utf8(name).ok()?.to_ascii_lowercase())),
        (IP_ADDRESS, 4) => Some(HostName::Address(Ipv4Addr::from(<[u8; 4]>::try_from(name).ok()?).into())),
        (IP_ADDRESS, 16) => Some(HostName::Address(Ipv6Addr::from(<[u8; 16]>::try_from(name).ok()?).into())),
        _ => None,
    }
}

/// Returns the permitted or the excluded subtrees of the constraints.
fn parts(constraints: &[u8], wanted: u8) -> Vec<Subtree> {
    let list = elements(constraints).find(|(tag, _)| *tag == wanted).map_or(&[][..], |(_, list)| list);
    elements(list).filter_map(|(_, subtree)| part(subtree)).collect()
}

fn part(subtree: &[u8]) -> Option<Subtree> {
    let (tag, base, _) = element(subtree)?;
    match (tag, base.len()) {
        (DNS_NAME, _) => {
            let name = str::from_utf8(base).ok()?;
            Some(match name.strip_prefix('.') {
                Some(name) => Subtree::Below(name.to_owned()),
                None => Subtree::Name(name.to_owned()),
            })
        }
        (IP_ADDRESS, 8 | 32) => Some(Subtree::Network(base.to_vec())),
        _ => None,
    }
}

/// Parses the time in an element with this tag.
fn time(tag: u8, text: &[u8]) -> Option<OffsetDateTime> {
    let form = match tag {
        UTC_TIME => CertificateTime::Utc,
        GENERALIZED_TIME => CertificateTime::Generalized,
        _ => return None,
    };
    parse_certificate_time(form, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_that_is_cut_or_changed_does_no_harm() {
        let key = rcgen::KeyPair::generate().unwrap();
        let params = rcgen::CertificateParams::new(vec!["localhost".to_owned(), "::1".to_owned()]).unwrap();
        let der = params.self_signed(&key).unwrap().der().to_vec();
        let names = read(&der).unwrap().names;
        assert_eq!(names, ["localhost", "::1"].map(|name| HostName::parse(name).unwrap()));
        for at in 0..der.len() {
            let _ = read(&der[..at]);
            for bit in 0..8 {
                let mut changed = der.clone();
                changed[at] ^= 1 << bit;
                let _ = read(&changed);
            }
        }
    }

    #[test]
    fn years_are_read_in_both_forms() {
        assert_eq!(time(UTC_TIME, b"700101000000Z"), Some(OffsetDateTime::UNIX_EPOCH));
        assert_eq!(time(GENERALIZED_TIME, b"20500101000000Z").map(OffsetDateTime::unix_timestamp), Some(2_524_608_000));
        assert_eq!(time(UTC_TIME, b"701301000000Z"), None);
    }
}
