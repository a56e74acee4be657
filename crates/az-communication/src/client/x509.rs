//! The few fields of a certificate that finding its issuer needs, read from DER without a parser of everything.

/// Borrowed fields of a certificate.
#[derive(Debug, Clone, Copy)]
pub(super) struct Certificate<'a> {
    /// The issuer's name, in DER.
    pub(super) issuer: &'a [u8],
    /// The subject's name, in DER.
    pub(super) subject: &'a [u8],
    /// From when it is valid, in seconds since 1970.
    pub(super) not_before: i64,
    /// Until when it is valid, in seconds since 1970.
    pub(super) not_after: i64,
}

const INTEGER: u8 = 0x02;
const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// Reads a certificate; `None` where it is not one.
pub(super) fn parse(der: &[u8]) -> Option<Certificate<'_>> {
    let (_, certificate, _) = element(der)?;
    let (_, mut rest, _) = element(certificate)?;
    let (tag, _, behind) = element(rest)?;
    if tag == VERSION {
        rest = behind;
    }
    let (tag, _, rest) = element(rest)?;
    if tag != INTEGER {
        return None;
    }
    let (_, _, rest) = element(rest)?;
    let (issuer, rest) = whole(rest)?;
    let (tag, validity, rest) = element(rest)?;
    let (subject, _) = whole(rest)?;
    let (before_tag, before, more) = element(validity)?;
    let (after_tag, after, _) = element(more)?;
    (tag == SEQUENCE).then_some(Certificate {
        issuer,
        subject,
        not_before: time(before_tag, before)?,
        not_after: time(after_tag, after)?,
    })
}

/// What there is of a certificate from its subject's name on, where its end may be missing; `None` where the subject does
/// not begin within what is there.
pub(super) fn from_subject(der: &[u8]) -> Option<&[u8]> {
    let mut rest = behind_header(behind_header(der)?)?;
    if rest.first() == Some(&VERSION) {
        rest = element(rest)?.2;
    }
    // Serial number, algorithm, issuer, validity.
    for _ in 0..4 {
        rest = element(rest)?.2;
    }
    Some(rest)
}

/// What follows the tag and the length of the first element.
fn behind_header(der: &[u8]) -> Option<&[u8]> {
    let first = usize::from(*der.get(1)?);
    der.get(2 + if first & 0x80 == 0 { 0 } else { first & 0x7f }..)
}

/// The tag and content of the first element, and what follows it.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, mut rest) = rest.split_first()?;
    let mut length = usize::from(first);
    if first & 0x80 != 0 {
        let count = usize::from(first & 0x7f);
        if count == 0 || count > 4 {
            return None;
        }
        length = rest.get(..count)?.iter().fold(0, |length, byte| (length << 8) | usize::from(*byte));
        rest = &rest[count..];
    }
    Some((tag, rest.get(..length)?, &rest[length..]))
}

/// The first element as a whole, and what follows it.
fn whole(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (_, _, rest) = element(der)?;
    Some((&der[..der.len() - rest.len()], rest))
}

/// `YYMMDDhhmmssZ` or `YYYYMMDDhhmmssZ`.
fn time(tag: u8, text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
    let (year, rest) = match tag {
        UTC_TIME => {
            let year: i32 = text.get(..2)?.parse().ok()?;
            (if year < 50 { 2000 + year } else { 1900 + year }, text.get(2..)?)
        }
        GENERALIZED_TIME => (text.get(..4)?.parse().ok()?, text.get(4..)?),
        _ => return None,
    };
    let part = |at: usize| rest.get(at..at + 2)?.parse::<u8>().ok();
    let date = time::Date::from_calendar_date(year, time::Month::try_from(part(0)?).ok()?, part(2)?).ok()?;
    let time = time::Time::from_hms(part(4)?, part(6)?, part(8)?).ok()?;
    Some(time::PrimitiveDateTime::new(date, time).assume_utc().unix_timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_panics_on_rubbish() {
        for length in 0..64 {
            let rubbish: Vec<u8> = (0..length).map(|i: u8| i.wrapping_mul(37) ^ 0x30).collect();
            assert!(parse(&rubbish).is_none());
        }
        assert!(parse(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]).is_none());
    }

    #[test]
    fn times() {
        assert_eq!(time(UTC_TIME, b"700101000000Z"), Some(0));
        assert_eq!(time(GENERALIZED_TIME, b"20500101000000Z"), Some(2_524_608_000));
        assert_eq!(time(UTC_TIME, b"701301000000Z"), None);
    }
}
