//! Names in certificates: OpenSSL's form for comparison, and a readable form.

use crate::transport::x509::der::{OBJECT_IDENTIFIER, SEQUENCE, element, elements, wrap};
use acs_identity_protocol::visible::escaped;

const UTF8_STRING: u8 = 0x0c;
const PRINTABLE_STRING: u8 = 0x13;
const TELETEX_STRING: u8 = 0x14;
const IA5_STRING: u8 = 0x16;
const VISIBLE_STRING: u8 = 0x1a;
const UNIVERSAL_STRING: u8 = 0x1c;
const BMP_STRING: u8 = 0x1e;
const SET: u8 = 0x31;

/// Returns the form in which OpenSSL compares names. Strings are in UTF-8. Their type, the case of ASCII letters,
/// blanks at the ends and repeated blanks between words are ignored. The hash of this form is the name of a file in a
/// certificate directory.
pub(crate) fn canonical(name: &[u8]) -> Vec<u8> {
    let mut all = Vec::new();
    for (_, set) in elements(element(name).map_or(&[], |(_, content, _)| content)) {
        let mut attributes: Vec<Vec<u8>> = elements(set).map(|(tag, content)| attribute(tag, content)).collect();
        attributes.sort();
        all.extend_from_slice(&wrap(SET, &attributes.concat()));
    }
    all
}

fn attribute(tag: u8, content: &[u8]) -> Vec<u8> {
    let parts = element(content).zip(element(content).and_then(|(_, _, rest)| element(rest)));
    let Some(((OBJECT_IDENTIFIER, id, _), (string, bytes, _))) = parts else { return wrap(tag, content) };
    let Some(text) = text(string, bytes) else { return wrap(tag, content) };
    let words: Vec<&str> =
        text.split(|c: char| c.is_ascii_whitespace() || c == '\x0b').filter(|word| !word.is_empty()).collect();
    let text = words.join(" ").to_ascii_lowercase();
    wrap(SEQUENCE, &[wrap(OBJECT_IDENTIFIER, id), wrap(UTF8_STRING, text.as_bytes())].concat())
}

/// Returns the text of a string, or `None` if its type is not supported or it is malformed.
fn text(tag: u8, bytes: &[u8]) -> Option<String> {
    match tag {
        UTF8_STRING => String::from_utf8(bytes.to_vec()).ok(),
        PRINTABLE_STRING | IA5_STRING | VISIBLE_STRING | TELETEX_STRING => {
            Some(bytes.iter().map(|byte| char::from(*byte)).collect())
        }
        BMP_STRING => String::from_utf16(
            &bytes
                .chunks(2)
                .map(|pair| pair.iter().fold(0, |unit, byte| (unit << 8) | u16::from(*byte)))
                .collect::<Vec<_>>(),
        )
        .ok(),
        UNIVERSAL_STRING => bytes
            .chunks(4)
            .map(|four| char::from_u32(four.iter().fold(0, |code, byte| (code << 8) | u32::from(*byte))))
            .collect(),
        _ => None,
    }
}

/// Returns a readable name: the common name, otherwise the organizational unit or the organization, otherwise all
/// parts.
pub(crate) fn readable(name: &[u8]) -> String {
    let attributes: Vec<(&[u8], String)> = elements(element(name).map_or(&[], |(_, content, _)| content))
        .flat_map(|(_, set)| elements(set))
        .filter_map(|(_, attribute)| {
            let (_, id, rest) = element(attribute)?;
            let (tag, bytes, _) = element(rest)?;
            Some((id, text(tag, bytes)?))
        })
        .collect();
    // The object identifiers are 2.5.4.3, 2.5.4.11 and 2.5.4.10.
    let best = [3, 11, 10].into_iter().find_map(|last| attributes.iter().find(|(id, _)| **id == [0x55, 4, last]));
    let found = best.map_or_else(
        || attributes.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(", "),
        |(_, text)| text.clone(),
    );
    let text: String = escaped(&found).chars().take(200).collect();
    if text.is_empty() { "(without a name)".into() } else { text.replace('\n', "\\n") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(parts: &[(u8, u8, &[u8])]) -> Vec<u8> {
        let sets = parts.iter().map(|(last, tag, bytes)| {
            let attribute = [wrap(OBJECT_IDENTIFIER, &[0x55, 4, *last]), wrap(*tag, bytes)].concat();
            wrap(SET, &wrap(SEQUENCE, &attribute))
        });
        wrap(SEQUENCE, &sets.collect::<Vec<_>>().concat())
    }

    #[test]
    fn type_case_and_blanks_are_ignored_in_comparisons() {
        let plain = canonical(&name(&[(3, UTF8_STRING, b"corp root ca")]));
        for (tag, bytes) in [
            (PRINTABLE_STRING, &b"Corp Root CA"[..]),
            (IA5_STRING, b"  CORP  root\t\nca "),
            (TELETEX_STRING, b"corp root ca"),
            (BMP_STRING, b"\0c\0o\0r\0p\0 \0r\0o\0o\0t\0 \0c\0a"),
            (UNIVERSAL_STRING, b"\0\0\0c\0\0\0o\0\0\0r\0\0\0p\0\0\0 \0\0\0r\0\0\0o\0\0\0o\0\0\0t\0\0\0 \0\0\0c\0\0\0a"),
        ] {
            assert_eq!(canonical(&name(&[(3, tag, bytes)])), plain, "{tag}");
        }
        assert_ne!(canonical(&name(&[(3, UTF8_STRING, b"corp rootca")])), plain);
        assert_ne!(canonical(&name(&[(10, UTF8_STRING, b"corp root ca")])), plain);
        assert_ne!(canonical(&name(&[(3, 0x12, b"corp root ca")])), plain);
        // Only ASCII letters are compared without regard to case.
        let upper = canonical(&name(&[(3, UTF8_STRING, "Ä".as_bytes())]));
        assert_ne!(upper, canonical(&name(&[(3, UTF8_STRING, "ä".as_bytes())])));
        assert_eq!(upper, canonical(&name(&[(3, TELETEX_STRING, b"\xc4")])));
    }

    #[test]
    fn a_readable_name_is_the_most_specific_part() {
        assert_eq!(readable(&name(&[(10, UTF8_STRING, b"Corp"), (3, PRINTABLE_STRING, b"Root\x1b")])), "Root\\x1b");
        assert_eq!(readable(&name(&[(6, PRINTABLE_STRING, b"DE"), (10, UTF8_STRING, b"Corp")])), "Corp");
        assert_eq!(readable(&name(&[])), "(without a name)");
    }
}
