//! PEM as OpenSSL reads it: labels are on separate lines, and other text may be in between.

use base64::Engine as _;

use crate::transport::x509::der::{OBJECT_IDENTIFIER, SEQUENCE, elements, whole};

/// The text between a BEGIN line and its END line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Block {
    /// The label, such as `CERTIFICATE`.
    pub(crate) label: String,
    /// The decoded content. `None` if it is not valid base64 or has no end.
    pub(crate) content: Option<Vec<u8>>,
}

impl Block {
    /// Checks whether the label is the label of a certificate.
    pub(crate) fn is_certificate(&self) -> bool {
        matches!(self.label.as_str(), "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE")
    }

    /// Returns the certificate, without OpenSSL's trust settings.
    pub(crate) fn certificate(&self) -> Option<&[u8]> {
        if !self.is_certificate() {
            return None;
        }
        whole(self.content.as_deref()?).map(|(certificate, _)| certificate)
    }

    /// Checks whether OpenSSL's trust settings after a certificate permit it to vouch for servers. It must not be
    /// rejected for servers. If it is trusted only for certain uses, servers must be among them.
    pub(crate) fn may_vouch_for_servers(&self) -> bool {
        if self.label != "TRUSTED CERTIFICATE" {
            return true;
        }
        let Some((_, rest)) = self.content.as_deref().and_then(whole) else { return true };
        let Some((SEQUENCE, settings)) = elements(rest).next() else { return true };
        let names_servers =
            |list: &[u8]| elements(list).any(|(tag, id)| tag == OBJECT_IDENTIFIER && (id == SERVER || id == ANY));
        elements(settings).all(|(tag, list)| match tag {
            SEQUENCE => names_servers(list),
            REJECTED => !names_servers(list),
            _ => true,
        })
    }
}

const REJECTED: u8 = 0xa0;
/// id-kp-serverAuth and anyExtendedKeyUsage.
pub(crate) const SERVER: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 1];
pub(crate) const ANY: &[u8] = &[0x55, 0x1d, 0x25, 0];

/// Returns all blocks.
pub(crate) fn blocks(text: &[u8]) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, Vec<u8>)> = None;
    // A byte order mark is ignored, as in OpenSSL.
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    for line in text.split(|byte| *byte == b'\n') {
        let line = line.trim_ascii_end();
        let label = |start: &[u8]| {
            let label = line.strip_prefix(start)?.strip_suffix(b"-----")?;
            (memchr::memmem::find(label, b"-----").is_none()).then(|| String::from_utf8_lossy(label).into_owned())
        };
        match &mut open {
            None => open = label(b"-----BEGIN ").map(|label| (label, Vec::new())),
            Some((begun, base64)) => match label(b"-----END ") {
                Some(ended) => {
                    let content = if ended == *begun { decode(base64) } else { None };
                    blocks.push(Block { label: std::mem::take(begun), content });
                    open = None;
                }
                None => base64.extend(line.iter().filter(|byte| !byte.is_ascii_whitespace())),
            },
        }
    }
    if let Some((label, _)) = open {
        blocks.push(Block { label, content: None });
    }
    blocks
}

fn decode(base64: &[u8]) -> Option<Vec<u8>> {
    base64::engine::general_purpose::STANDARD.decode(base64).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(text: &str) -> Vec<(String, bool)> {
        blocks(text.as_bytes()).into_iter().map(|block| (block.label, block.content.is_some())).collect()
    }

    #[test]
    fn labels_must_be_on_separate_lines() {
        let text = "x -----BEGIN CERTIFICATE-----\n# -----BEGIN A-----\n-----BEGIN B-----  \r\nAA AA\r\n-----END B-----\r\n\
                    -----BEGIN C----- x\n-----BEGIN D-----\n!\n-----END D-----\n-----BEGIN E-----\n-----END F-----\n\
                    -----BEGIN G-----\nAAAA";
        let expected = [("B", true), ("D", false), ("E", false), ("G", false)];
        assert_eq!(labels(text), expected.map(|(label, whole)| (label.to_owned(), whole)));
    }

    #[test]
    fn trust_settings_of_openssl_decide_about_servers() {
        let vouches = |settings: &[u8]| {
            let content = [&[0x30, 0][..], settings].concat();
            Block { label: "TRUSTED CERTIFICATE".into(), content: Some(content) }.may_vouch_for_servers()
        };
        let list = |tag: u8, id: &[u8]| {
            let id = [&[OBJECT_IDENTIFIER, id.len() as u8], id].concat();
            [&[SEQUENCE, id.len() as u8 + 2, tag, id.len() as u8], id.as_slice()].concat()
        };
        let client = [0x2b, 6, 1, 5, 5, 7, 3, 2];
        assert!(vouches(&[]) && vouches(&[0x30, 0]));
        assert!(vouches(&list(SEQUENCE, SERVER)) && vouches(&list(SEQUENCE, ANY)) && vouches(&list(REJECTED, &client)));
        assert!(
            !vouches(&list(SEQUENCE, &client)) && !vouches(&list(REJECTED, SERVER)) && !vouches(&list(REJECTED, ANY))
        );
    }
}
