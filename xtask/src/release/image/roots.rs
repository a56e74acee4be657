//! The root certificates of browsers, as a file. They come from a crate, so that every machine writes the same file.

use webpki_root_certs::TLS_SERVER_ROOT_CERTS;

/// Returns all of them in PEM.
pub fn pem() -> String {
    TLS_SERVER_ROOT_CERTS.iter().map(|root| certificate(root)).collect()
}

fn certificate(der: &[u8]) -> String {
    let mut text = "-----BEGIN CERTIFICATE-----\n".to_owned();
    // 48 bytes make a line of 64 characters.
    for line in der.chunks(48) {
        text.push_str(&base64(line));
        text.push('\n');
    }
    text + "-----END CERTIFICATE-----\n"
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for place in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= three.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{base64, certificate, pem};

    #[test]
    fn bytes_are_written_as_base64_does() {
        let written = [&b""[..], b"\xff", b"\xfb\xff", b"\0\x10\x83", b"abcd"].map(base64);
        assert_eq!(written, ["", "/w==", "+/8=", "ABCD", "YWJjZA=="]);
    }

    #[test]
    fn lines_of_a_certificate_have_64_characters() {
        let text = certificate(&[0; 50]);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[1..3], ["A".repeat(64).as_str(), "AAA="]);
    }

    #[test]
    fn there_are_as_many_as_browsers_ship() {
        let count = pem().matches("-----BEGIN CERTIFICATE-----\n").count();
        assert!((100..300).contains(&count), "{count}");
    }
}
