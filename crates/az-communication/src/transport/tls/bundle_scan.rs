//! Finds the issuer in a large PEM file. It reads and decodes only the necessary parts.

use std::io;

use base64::Engine as _;
use memchr::memmem;
use rustls::pki_types::CertificateDer;

use crate::transport::x509::certificate as x509;

/// The usual size of the buffer in bytes. New memory pages cost more time than reading.
pub(crate) const CHUNK: usize = 16 * 1024;

const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";
const END: &[u8] = b"-----END CERTIFICATE-----";

/// The number of base64 characters (six lines) within which most subjects begin and differ from each other.
const PREFIX: usize = 384;

/// Finds the certificates of a bundle that could have issued a certificate of the chain. A bundle holds about 150
/// certificates, and checking them all would cost more time than the rest of the command. So the file is read in
/// pieces, and each certificate is decoded only until its subject is known to differ. `start` is the start of the file,
/// which was read before.
pub(crate) fn issuers_in(
    file: &mut impl io::Read,
    start: Vec<u8>,
    chain: &[CertificateDer<'_>],
) -> io::Result<Vec<CertificateDer<'static>>> {
    let parsed = chain.iter().filter_map(|der| x509::parse(der));
    let (issuers, subjects): (Vec<&[u8]>, Vec<&[u8]>) = parsed.map(|cert| (cert.issuer, cert.subject)).unzip();
    let may_be_wanted = |start: &[u8]| {
        issuers.iter().chain(&subjects).any(|name| {
            let shared = name.len().min(start.len());
            name[..shared] == start[..shared]
        })
    };
    let (begin, end) = (memmem::Finder::new(BEGIN), memmem::Finder::new(END));
    let mut found: Vec<CertificateDer<'static>> = Vec::new();
    let mut filled = start.len();
    let mut text = start;
    let mut before = b'\n';
    let mut decoder = Decoder::default();
    loop {
        let mut at = 0;
        loop {
            let Some(start) = begin.find(&text[at..filled]) else {
                // Comments of any length are dropped, except the last bytes, which may be the start of the line.
                at = at.max(filled.saturating_sub(BEGIN.len() - 1));
                break;
            };
            at += start;
            let block = &text[at + BEGIN.len()..filled];
            let byte_before = if at == 0 { before } else { text[at - 1] };
            if byte_before != b'\n' || !is_end_of_line(block) {
                // The text is in a comment.
                at += BEGIN.len();
                continue;
            }
            let (prefix, decided) = decoder.decode(block, PREFIX);
            if decided && !x509::from_subject(prefix).is_none_or(may_be_wanted) {
                at += BEGIN.len();
                continue;
            }
            // If the subject is not within the prefix, the whole certificate is decoded.
            let Some(length) = end.find(block) else { break };
            let (der, _) = decoder.decode(&block[..length], usize::MAX);
            let wanted = x509::parse(der).is_some_and(|certificate| {
                issuers.contains(&certificate.subject) || chain.iter().any(|known| known.as_ref() == certificate.der)
            });
            if wanted {
                found.push(der.to_vec().into());
            }
            at += BEGIN.len() + length + END.len();
        }
        if at > 0 {
            before = text[at - 1];
            text.copy_within(at..filled, 0);
            filled -= at;
        }
        if filled == text.len() {
            // The buffer does not hold the end of a certificate.
            text.resize((text.len() * 2).max(1024), 0);
        }
        let count = file.read(&mut text[filled..])?;
        if count == 0 {
            return Ok(found);
        }
        filled += count;
    }
}

/// Checks whether the first block of a file is a certificate that is completely within these bytes.
pub(crate) fn begins_with_certificate(text: &[u8]) -> bool {
    let Some(at) = memmem::find(text, BEGIN) else { return false };
    let block = &text[at + BEGIN.len()..];
    let is_line = (at == 0 || text[at - 1] == b'\n') && is_end_of_line(block);
    let Some(length) = memmem::find(block, END).filter(|_| is_line) else { return false };
    x509::parse(Decoder::default().decode(&block[..length], usize::MAX).0).is_some()
}

/// Checks whether only blanks follow on the line.
fn is_end_of_line(text: &[u8]) -> bool {
    matches!(text.iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r')), None | Some(b'\n'))
}

/// Decodes base64 in lines, with buffers that are reused.
#[derive(Default)]
struct Decoder {
    clean: Vec<u8>,
    der: Vec<u8>,
}

impl Decoder {
    /// Decodes up to `limit` characters (a multiple of four), or up to a hyphen. The result is empty if the text is not
    /// base64. Also returns whether the limit or the hyphen was reached.
    fn decode(&mut self, block: &[u8], limit: usize) -> (&[u8], bool) {
        self.clean.clear();
        let (mut rest, mut ended) = (block, false);
        while !rest.is_empty() && !ended {
            let length = memchr::memchr2(b'\n', b'-', rest).unwrap_or(rest.len());
            ended = rest.get(length) == Some(&b'-');
            self.clean.extend_from_slice(rest[..length].trim_ascii());
            if self.clean.len() >= limit {
                self.clean.truncate(limit);
                ended = true;
            }
            rest = rest.get(length + 1..).unwrap_or_default();
        }
        self.der.clear();
        if base64::engine::general_purpose::STANDARD.decode_vec(&self.clean, &mut self.der).is_err() {
            self.der.clear();
        }
        (&self.der, ended)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pem(der: &[u8], width: usize) -> String {
        let text = base64::engine::general_purpose::STANDARD.encode(der);
        let lines: Vec<&str> =
            text.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).unwrap_or_default()).collect();
        format!("-----BEGIN CERTIFICATE-----\r\n{}\r\n-----END CERTIFICATE-----\r\n", lines.join("\r\n"))
    }

    /// Creates a certificate in which only names and times matter.
    fn certificate(subject: &[u8], padding: usize) -> Vec<u8> {
        let element = |tag: u8, content: &[u8]| {
            let mut der = vec![tag, 0x82, (content.len() >> 8) as u8, content.len() as u8];
            der.extend_from_slice(content);
            der
        };
        let name = element(0x30, subject);
        let times = [element(0x17, b"700101000000Z"), element(0x17, b"400101000000Z")].concat();
        let body = [
            element(0x02, &[1]),
            element(0x30, &[]),
            name.clone(),
            element(0x30, &times),
            name,
            element(0x30, &vec![7; padding]),
        ];
        let signed = element(0x30, &body.concat());
        element(0x30, &[signed, element(0x30, &[]), element(0x03, &[0])].concat())
    }

    #[test]
    fn the_issuer_is_found_at_any_position() {
        let wanted = certificate(b"wanted", 900);
        let long = certificate(&[b'x'; 2000], 10);
        let chain = [CertificateDer::from(wanted.clone()), CertificateDer::from(long.clone())];
        let mut bundle = String::new();
        for index in 0..200 {
            bundle.push_str(&format!("# a comment {index}\n{}", pem(&certificate(b"another", index * 7), 64)));
        }
        bundle.push_str(&"# a long comment".repeat(4000));
        bundle.push('\n');
        let found = |text: &str| {
            let mut bytes = text.as_bytes();
            let start = bytes.split_off(..CHUNK.min(bytes.len())).unwrap_or_default().to_vec();
            issuers_in(&mut bytes, start, &chain).unwrap()
        };
        assert!(found(&bundle).is_empty());
        for width in [64, 76, 4096] {
            let text = format!("{}{bundle}{}{bundle}", pem(&long, width), pem(&wanted, width));
            assert_eq!(found(&text), [CertificateDer::from(long.clone()), CertificateDer::from(wanted.clone())]);
        }
        assert!(found("-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n").is_empty());
        // A certificate in a comment does not count, wherever the pieces of the file begin.
        for blanks in 0..40 {
            let comment = format!("{}\n#{}{}", "x".repeat(CHUNK - blanks), pem(&wanted, 64), pem(&long, 64));
            assert_eq!(found(&comment), [CertificateDer::from(long.clone())], "{blanks}");
        }
    }

    #[test]
    fn a_file_is_a_bundle_if_its_first_block_is_a_certificate() {
        let good = pem(&certificate(b"a name", 10), 64);
        assert!(begins_with_certificate(good.as_bytes()));
        assert!(begins_with_certificate(format!("# comment\n{good}").as_bytes()));
        for text in ["", "-----BEGIN CERTIFICATE-----", &good[..100], &format!("#{good}"), &good.replace("M", "!")] {
            assert!(!begins_with_certificate(text.as_bytes()), "{text}");
        }
    }
}
