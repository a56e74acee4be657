//! Authorities in the server's chain whose name is written in another way in the certificates below them: with another
//! string type, or with other capital letters. webpki compares names byte by byte and does not find such an authority,
//! but OpenSSL does.

use std::cell::Cell;

use crate::transport::tls::algorithms::SUPPORTED;
use crate::transport::tls::anchor_check;
use crate::transport::tls::bundle::Anchor;
use crate::transport::x509::certificate::Certificate;
use crate::transport::x509::name::canonical;

/// The maximum number of authorities above an authority with another spelling.
const MOST_ABOVE: usize = 6;

/// The maximum number of signatures that are checked.
const MOST_SIGNATURES: usize = 50;

/// Returns other spellings of a name that occur among the issuers of a chain.
pub(crate) fn others<'a>(subject: &[u8], issuers: &[&'a [u8]]) -> Vec<&'a [u8]> {
    let mut found: Vec<&[u8]> = Vec::new();
    for issuer in issuers {
        if *issuer != subject && !found.contains(issuer) && canonical(issuer) == canonical(subject) {
            found.push(issuer);
        }
    }
    found
}

/// Checks whether OpenSSL treats two names as equal.
pub(crate) fn are_same(one: &[u8], other: &[u8]) -> bool {
    one == other || canonical(one) == canonical(other)
}

/// Checks whether a supported algorithm verifies the signature.
pub(crate) fn has_signed(issuer: &Certificate<'_>, certificate: &Certificate<'_>) -> bool {
    let der = issuer.der.into();
    let (Ok(issuer), Some(signature)) = (webpki::EndEntityCert::try_from(&der), certificate.signature()) else {
        return false;
    };
    SUPPORTED
        .all
        .iter()
        .filter(|known| known.signature_alg_id().as_ref() == certificate.algorithm)
        .any(|algorithm| issuer.verify_signature(*algorithm, certificate.signed, signature).is_ok())
}

/// The certificates that can vouch for an authority in the server's chain.
pub(crate) struct Vouchers<'a> {
    pub(crate) sent: &'a [Certificate<'a>],
    pub(crate) known: &'a [(Certificate<'a>, &'a Anchor)],
    /// The time in seconds since 1970.
    pub(crate) now: i64,
    left: Cell<usize>,
}

impl<'a> Vouchers<'a> {
    pub(crate) fn new(sent: &'a [Certificate<'a>], known: &'a [(Certificate<'a>, &'a Anchor)], now: i64) -> Self {
        Self { sent, known, now, left: Cell::new(MOST_SIGNATURES) }
    }

    /// Checks whether a path leads from an authority to a trusted authority. `below` is the number of other authorities
    /// below it. Name constraints of the authorities above it are not supported.
    pub(crate) fn vouch_for(&self, authority: &Certificate<'_>, below: usize) -> bool {
        self.reaches(authority, below, 0)
    }

    fn reaches(&self, authority: &Certificate<'_>, below: usize, depth: usize) -> bool {
        if !anchor_check::is_authority(authority)
            || anchor_check::judge(authority, below, self.now).is_err()
            || (depth > 0 && anchor_check::has_name_constraints(authority))
        {
            return false;
        }
        let below = if authority.is_self_issued() { below } else { below + 1 };
        let may_be = |issuer: &Certificate<'_>| are_same(issuer.subject, authority.issuer);
        let known = self.known.iter().any(|(issuer, anchor)| {
            may_be(issuer)
                && !anchor.is_distrusted
                && !anchor_check::has_name_constraints(issuer)
                && anchor_check::judge(issuer, below, self.now).is_ok()
                && self.is_signed_by(authority, issuer)
        });
        known
            || (depth < MOST_ABOVE
                && self.sent.iter().any(|issuer| {
                    issuer.der != authority.der
                        && may_be(issuer)
                        && self.is_signed_by(authority, issuer)
                        && self.reaches(issuer, below, depth + 1)
                }))
    }

    fn is_signed_by(&self, certificate: &Certificate<'_>, issuer: &Certificate<'_>) -> bool {
        let Some(left) = self.left.get().checked_sub(1) else { return false };
        self.left.set(left);
        has_signed(issuer, certificate)
    }
}
