//! Which certificate authorities are trusted, and reading of them no more than a connection needs.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;

use super::x509;

/// Where trust comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// The roots that browsers ship, then those of this machine.
    Default,
    /// A PEM file, or a directory of them; nothing else. With the name of the variable that says so.
    Bundle {
        /// The file or directory.
        path: PathBuf,
        /// `REQUESTS_CA_BUNDLE`, say.
        named_by: &'static str,
    },
}

/// The variables that name a bundle, the first one set wins: requests' own two, then OpenSSL's.
const VARIABLES: [&str; 3] = ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"];

impl Trust {
    /// What the environment says.
    pub fn from_environment() -> Self {
        VARIABLES
            .into_iter()
            .find_map(|name| {
                let path = env::var_os(name).filter(|path| !path.is_empty())?;
                Some(Self::Bundle { path: path.into(), named_by: name })
            })
            .unwrap_or(Self::Default)
    }

    /// Reads the bundle's PEM text; empty for the default.
    pub(super) fn read(&self) -> io::Result<Vec<u8>> {
        match self {
            Self::Default => Ok(Vec::new()),
            Self::Bundle { path, .. } if path.is_dir() => read_directory(path),
            Self::Bundle { path, .. } => fs::read(path),
        }
    }
}

/// A directory as `c_rehash` makes one: every readable file in it counts.
fn read_directory(path: &Path) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    for entry in fs::read_dir(path)? {
        if let Ok(bytes) = fs::read(entry?.path()) {
            text.extend_from_slice(&bytes);
            text.push(b'\n');
        }
    }
    Ok(text)
}

/// The certificates of a PEM text that could have issued one of `chain`, or are one of it. A bundle holds some 150
/// certificates, and checking them all would cost more than the whole command.
pub(super) fn issuers_of(pem: &[u8], chain: &[CertificateDer<'_>]) -> Vec<CertificateDer<'static>> {
    let names: Vec<&[u8]> = chain.iter().filter_map(|der| x509::parse(der)).map(|cert| cert.issuer).collect();
    let mut found: Vec<CertificateDer<'static>> = Vec::new();
    for block in blocks(pem) {
        let Some(der) = decode(block) else { continue };
        let wanted = x509::parse(&der).is_some_and(|certificate| names.contains(&certificate.subject));
        if wanted || chain.iter().any(|certificate| certificate.as_ref() == der.as_slice()) {
            found.push(der.into());
        }
    }
    found
}

/// A root store of these certificates; those that are none are left out.
pub(super) fn store_of(certificates: Vec<CertificateDer<'static>>) -> RootCertStore {
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(certificates);
    store
}

/// The roots that browsers ship. They cost nothing: they are data of the program.
pub(super) fn browser_roots() -> RootCertStore {
    RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }
}

/// The roots of this machine. They cost 4 ms (deps.md, finding 2), so only when nothing else helped.
pub(super) fn machine_roots() -> RootCertStore {
    store_of(rustls_native_certs::load_native_certs().certs)
}

const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";
const END: &[u8] = b"-----END CERTIFICATE-----";

fn blocks(pem: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = pem;
    std::iter::from_fn(move || {
        let start = find(rest, BEGIN)? + BEGIN.len();
        let length = find(&rest[start..], END)?;
        let block = &rest[start..start + length];
        rest = &rest[start + length + END.len()..];
        Some(block)
    })
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    // Both markers start with hyphens, which base64 lacks, so that this skips from line to line.
    let mut at = 0;
    while let Some(next) = haystack.get(at..)?.iter().position(|b| *b == b'-') {
        at += next;
        if haystack[at..].starts_with(needle) {
            return Some(at);
        }
        at += 1;
    }
    None
}

fn decode(block: &[u8]) -> Option<Vec<u8>> {
    let clean: Vec<u8> = block.iter().copied().filter(|b| !b.is_ascii_whitespace()).collect();
    base64::engine::general_purpose::STANDARD.decode(clean).ok()
}
