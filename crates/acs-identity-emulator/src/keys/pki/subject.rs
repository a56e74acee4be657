//! Reads the subject of a certificate as a text.

use super::x509::signed_fields;
use crate::der::{OBJECT_ID, element, elements};

const UTF8_STRING: u8 = 0x0c;
const PRINTABLE_STRING: u8 = 0x13;
const TELETEX_STRING: u8 = 0x14;
const IA5_STRING: u8 = 0x16;
const BMP_STRING: u8 = 0x1e;

/// The attributes that have short names (RFC 4514, section 3). The ids of all of them begin with 2.5.4.
const ATTRIBUTES: [(u8, &str); 6] = [(3, "CN"), (6, "C"), (7, "L"), (8, "ST"), (10, "O"), (11, "OU")];

/// Returns the subject of a certificate, such as `CN=localhost`, in the order of the certificate. Returns `None` if it
/// cannot be parsed.
pub(super) fn read(der: &[u8]) -> Option<String> {
    // The fields before it are serial number, algorithm, issuer and validity.
    let (_, subject) = *signed_fields(der)?.get(4)?;
    let attributes = elements(subject).flat_map(|(_, set)| elements(set)).filter_map(|(_, pair)| attribute(pair));
    Some(attributes.collect::<Vec<_>>().join(", "))
}

/// Returns an attribute with its value. Returns `None` if the value is not a text.
fn attribute(pair: &[u8]) -> Option<String> {
    let (OBJECT_ID, id, rest) = element(pair)? else { return None };
    let (tag, value, _) = element(rest)?;
    let value = match tag {
        UTF8_STRING | PRINTABLE_STRING | IA5_STRING => str::from_utf8(value).ok()?.to_owned(),
        TELETEX_STRING => value.iter().copied().map(char::from).collect(),
        BMP_STRING => {
            let (units, []) = value.as_chunks::<2>() else { return None };
            String::from_utf16(&units.iter().map(|unit| u16::from_be_bytes(*unit)).collect::<Vec<_>>()).ok()?
        }
        _ => return None,
    };
    Some(format!("{}={}", name_of(id)?, escaped(&value)))
}

/// Returns the name of an attribute, or its id with dots.
fn name_of(id: &[u8]) -> Option<String> {
    if let [0x55, 4, last] = id
        && let Some((_, name)) = ATTRIBUTES.iter().find(|(number, _)| number == last)
    {
        return Some((*name).to_owned());
    }
    let (first, rest) = id.split_first()?;
    let mut text = format!("{}.{}", first / 40, first % 40);
    let mut number: u64 = 0;
    for byte in rest {
        number = number.checked_mul(128)? | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            text.push_str(&format!(".{number}"));
            number = 0;
        }
    }
    Some(text)
}

/// Escapes what separates attributes.
fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for character in value.chars() {
        if matches!(character, ',' | '+' | '"' | '\\' | '<' | '>' | ';') {
            text.push('\\');
        }
        text.push(character);
    }
    text
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, DistinguishedName, DnType, DnValue, KeyPair};

    use super::*;

    #[test]
    fn a_subject_has_its_attributes_in_their_order() {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CountryName, "DE");
        params.distinguished_name.push(DnType::OrganizationName, "Bakery, Cakes + Söhne");
        params.distinguished_name.push(DnType::CommonName, DnValue::BmpString("é".try_into().unwrap()));
        // The name that Active Directory gives to a domain.
        params.distinguished_name.push(DnType::CustomDnType(vec![0, 9, 2342, 19200300, 100, 1, 25]), "example");
        let der = params.self_signed(&KeyPair::generate().unwrap()).unwrap().der().to_vec();
        assert_eq!(read(&der).unwrap(), r"C=DE, O=Bakery\, Cakes \+ Söhne, CN=é, 0.9.2342.19200300.100.1.25=example");
        for at in 0..der.len() {
            let _ = read(&der[..at]);
            let mut changed = der.clone();
            changed[at] ^= 0xff;
            let _ = read(&changed);
        }
    }
}
