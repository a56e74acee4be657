//! The fields of a certificate that trust decisions need. They are read from DER without a complete parser.

use acs_identity_protocol::time::{CertificateTime, parse_certificate_time};

use crate::transport::x509::der::{
    BIT_STRING, BOOLEAN, GENERALIZED_TIME, INTEGER, OCTET_STRING, SEQUENCE, UTC_TIME, element, elements, whole,
};

/// The fields of a certificate, borrowed from its DER.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Certificate<'a> {
    /// The whole certificate, without bytes after it.
    pub(crate) der: &'a [u8],
    /// The part that is signed.
    pub(crate) signed: &'a [u8],
    /// The signature algorithm, without tag and length.
    pub(crate) algorithm: &'a [u8],
    /// The issuer's name, in DER.
    pub(crate) issuer: &'a [u8],
    /// The subject's name, in DER.
    pub(crate) subject: &'a [u8],
    /// The start of its validity in seconds since 1970.
    pub(crate) not_before: i64,
    /// The end of its validity in seconds since 1970.
    pub(crate) not_after: i64,
    /// The subject's public key with its algorithm, without tag and length.
    pub(crate) key: &'a [u8],
    /// Whether it has version 1, which has no extensions.
    pub(crate) is_version_1: bool,
    /// The fields after the key: extensions and rarely used fields.
    rest: &'a [u8],
}

/// An extension.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extension<'a> {
    /// The object identifier, without tag and length.
    pub(crate) id: &'a [u8],
    pub(crate) is_critical: bool,
    /// The content of the octet string.
    pub(crate) value: &'a [u8],
}

const VERSION: u8 = 0xa0;
const EXTENSIONS: u8 = 0xa3;

/// Parses a certificate. Returns `None` if it is malformed. Other bytes may follow it.
pub(crate) fn parse(der: &[u8]) -> Option<Certificate<'_>> {
    let (der, _) = whole(der)?;
    let (tag, certificate, _) = element(der)?;
    let (signed, behind) = whole(certificate)?;
    let (algorithm_tag, algorithm, _) = element(behind)?;
    let (_, mut rest, _) = element(signed)?;
    let (first, version, behind) = element(rest)?;
    let mut is_version_1 = true;
    if first == VERSION {
        rest = behind;
        is_version_1 = matches!(element(version)?, (INTEGER, [0], _));
    }
    let (serial_tag, _, rest) = element(rest)?;
    let (_, _, rest) = element(rest)?;
    let (issuer, rest) = whole(rest)?;
    let (validity_tag, validity, rest) = element(rest)?;
    let (subject, rest) = whole(rest)?;
    let (key_tag, key, rest) = element(rest)?;
    let (before_tag, before, more) = element(validity)?;
    let (after_tag, after, _) = element(more)?;
    if [tag, validity_tag, key_tag, algorithm_tag] != [SEQUENCE; 4] || serial_tag != INTEGER {
        return None;
    }
    Some(Certificate {
        der,
        signed,
        algorithm,
        issuer,
        subject,
        not_before: time(before_tag, before)?,
        not_after: time(after_tag, after)?,
        key,
        is_version_1,
        rest,
    })
}

impl<'a> Certificate<'a> {
    /// Returns the extensions. Extensions that cannot be parsed are left out.
    pub(crate) fn extensions(&self) -> impl Iterator<Item = Extension<'a>> {
        let list = elements(self.rest).find(|(tag, _)| *tag == EXTENSIONS).and_then(|(_, content)| element(content));
        elements(list.map_or(&[], |(_, list, _)| list)).filter_map(|(_, extension)| {
            let (_, id, rest) = element(extension)?;
            let (tag, first, more) = element(rest)?;
            let (is_critical, value) =
                if tag == BOOLEAN { (first != [0], element(more)?) } else { (false, (tag, first, more)) };
            (value.0 == OCTET_STRING).then_some(Extension { id, is_critical, value: value.1 })
        })
    }

    /// Returns the content of an extension.
    pub(crate) fn extension(&self, id: &[u8]) -> Option<&'a [u8]> {
        self.extensions().find(|extension| extension.id == id).map(|extension| extension.value)
    }

    /// Checks whether the issuer and the subject are the same.
    pub(crate) fn is_self_issued(&self) -> bool {
        self.issuer == self.subject
    }

    /// Returns the algorithm of the key, the algorithm's parameters, and the key itself.
    pub(crate) fn key_parts(&self) -> Option<(&'a [u8], &'a [u8], &'a [u8])> {
        let (_, algorithm, rest) = element(self.key)?;
        let (_, id, parameters) = element(algorithm)?;
        let (tag, bits, _) = element(rest)?;
        (tag == BIT_STRING).then_some((id, parameters, bits.get(1..)?))
    }

    /// Returns the bits of the signature.
    pub(crate) fn signature(&self) -> Option<&'a [u8]> {
        let (_, certificate, _) = element(self.der)?;
        let (_, rest) = whole(certificate)?;
        let (_, rest) = whole(rest)?;
        let (tag, bits, _) = element(rest)?;
        (tag == BIT_STRING).then_some(bits.get(1..)?)
    }
}

/// Returns the bytes of a certificate from its subject's name on. The end of the certificate may be missing. Returns
/// `None` if the subject does not begin within these bytes.
pub(crate) fn from_subject(der: &[u8]) -> Option<&[u8]> {
    let mut rest = after_header(after_header(der)?)?;
    if rest.first() == Some(&VERSION) {
        rest = element(rest)?.2;
    }
    // These fields are the serial number, the algorithm, the issuer and the validity.
    for _ in 0..4 {
        rest = element(rest)?.2;
    }
    Some(rest)
}

/// Returns the bytes after the tag and the length of the first element.
fn after_header(der: &[u8]) -> Option<&[u8]> {
    let first = usize::from(*der.get(1)?);
    der.get(2 + if first & 0x80 == 0 { 0 } else { first & 0x7f }..)
}

/// Parses the time in an element with this tag.
fn time(tag: u8, text: &[u8]) -> Option<i64> {
    let form = match tag {
        UTC_TIME => CertificateTime::Utc,
        GENERALIZED_TIME => CertificateTime::Generalized,
        _ => return None,
    };
    parse_certificate_time(form, text).map(|time| time.unix_timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malformed_bytes_do_not_panic() {
        for length in 0..64 {
            let rubbish: Vec<u8> = (0..length).map(|i: u8| i.wrapping_mul(37) ^ 0x30).collect();
            assert!(parse(&rubbish).is_none());
        }
        assert!(parse(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]).is_none());
    }

    #[test]
    fn times_are_read_in_both_forms() {
        assert_eq!(time(UTC_TIME, b"700101000000Z"), Some(0));
        assert_eq!(time(GENERALIZED_TIME, b"20500101000000Z"), Some(2_524_608_000));
        assert_eq!(time(UTC_TIME, b"701301000000Z"), None);
    }
}
