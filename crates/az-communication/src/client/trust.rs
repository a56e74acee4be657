//! Which certificate authorities are trusted, and reading of them no more than a connection needs.

use std::env;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use memchr::memmem;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::x509;
use crate::emulator_files;

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

/// The variables that name a bundle, the first one set wins. They are those of Python's requests, which the reference
/// uses. It does not read OpenSSL's SSL_CERT_FILE.
pub const BUNDLE_VARIABLES: [&str; 2] = ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"];

impl fmt::Display for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("the usual authorities"),
            Self::Bundle { path, named_by } => write!(f, "{}, named by {named_by}", path.display()),
        }
    }
}

impl Trust {
    /// What the environment says.
    pub fn from_environment() -> Self {
        BUNDLE_VARIABLES
            .into_iter()
            .find_map(|name| {
                let path = env::var_os(name).filter(|path| !path.is_empty())?;
                Some(Self::Bundle { path: path.into(), named_by: name })
            })
            .unwrap_or(Self::Default)
    }

    /// The certificates of the bundle that could have issued one of `chain`, or are one of it; none for the default.
    pub(super) fn issuers_of(&self, chain: &[CertificateDer<'_>]) -> io::Result<Vec<CertificateDer<'static>>> {
        match self {
            Self::Default => Ok(Vec::new()),
            Self::Bundle { path, .. } if path.is_dir() => issuers_in_directory(path, chain),
            Self::Bundle { path, .. } => issuers_in_file(path, chain),
        }
    }
}

/// A directory as `c_rehash` makes one: every readable file in it counts.
fn issuers_in_directory(path: &Path, chain: &[CertificateDer<'_>]) -> io::Result<Vec<CertificateDer<'static>>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(path)? {
        if let Ok(issuers) = issuers_in_file(&entry?.path(), chain) {
            found.extend(issuers);
        }
    }
    Ok(found)
}

/// How much of a bundle is in memory at once, at most. Fresh pages cost more than reading.
const CHUNK: usize = 16 * 1024;

fn issuers_in_file(path: &Path, chain: &[CertificateDer<'_>]) -> io::Result<Vec<CertificateDer<'static>>> {
    let file = fs::File::open(path)?;
    // One more than there is, so that the end is seen without a larger buffer.
    let size = file.metadata().map_or(CHUNK, |metadata| usize::try_from(metadata.len()).unwrap_or(CHUNK) + 1);
    issuers_in(file, size.clamp(1024, CHUNK), chain)
}

/// A bundle holds some 150 certificates, and checking them all would cost more than the whole command. So it is read
/// piece by piece, and of each certificate no more is decoded than shows that its subject is another one.
fn issuers_in(
    mut file: impl io::Read,
    chunk: usize,
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
    let mut text = vec![0; chunk];
    let mut filled = 0;
    let mut decoder = Decoder::default();
    loop {
        if filled == text.len() {
            // A piece without the end of a certificate.
            text.resize(text.len() * 2, 0);
        }
        let count = file.read(&mut text[filled..])?;
        filled += count;
        let mut at = 0;
        loop {
            let Some(start) = begin.find(&text[at..filled]) else {
                // Comments of any length are forgotten, but for what may be the start of the line that is looked for.
                at = at.max(filled.saturating_sub(BEGIN.len() - 1));
                break;
            };
            at += start;
            let block = &text[at + BEGIN.len()..filled];
            let (prefix, decided) = decoder.decode(block, PREFIX);
            if decided && !x509::from_subject(prefix).is_none_or(may_be_wanted) {
                at += BEGIN.len();
                continue;
            }
            // Where the subject is not within the prefix, everything is looked at.
            let Some(length) = end.find(block) else { break };
            let (der, _) = decoder.decode(&block[..length], usize::MAX);
            let wanted = x509::parse(der).is_some_and(|certificate| issuers.contains(&certificate.subject));
            if wanted || chain.iter().any(|certificate| certificate.as_ref() == der) {
                found.push(der.to_vec().into());
            }
            at += BEGIN.len() + length + END.len();
        }
        if count == 0 {
            return Ok(found);
        }
        text.copy_within(at..filled, 0);
        filled -= at;
    }
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

/// The roots of this machine. They cost 4 ms (docs/decisions/roots.md), so only when nothing else helped.
pub(super) fn machine_roots() -> RootCertStore {
    store_of(machine_certificates())
}

/// Where systems keep the bundle of their roots.
pub const SYSTEM_BUNDLES: [&str; 6] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/local/share/certs/ca-root-nss.crt",
];

/// The certificates of this machine's bundle. SSL_CERT_FILE and SSL_CERT_DIR, which would take its place, are not asked.
pub fn machine_certificates() -> Vec<CertificateDer<'static>> {
    match SYSTEM_BUNDLES.iter().map(Path::new).find(|path| path.is_file()) {
        Some(bundle) => rustls_native_certs::load_certs_from_paths(Some(bundle), None).certs,
        None if cfg!(unix) => rustls_native_certs::load_certs_from_paths(None, Some(Path::new("/etc/ssl/certs"))).certs,
        None => rustls_native_certs::load_native_certs().certs,
    }
}

/// The authority of this user's own emulator. Asked for only when nothing else helped, and only for this machine.
pub(super) fn emulator_root() -> RootCertStore {
    let pem = emulator_files::own_authority().unwrap_or_default();
    store_of(CertificateDer::pem_slice_iter(&pem).filter_map(Result::ok).collect())
}

const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";
const END: &[u8] = b"-----END CERTIFICATE-----";

/// Most subjects begin and differ from others within so many characters of base64, six lines of them.
const PREFIX: usize = 384;

/// Decodes base64 in lines, with buffers that are used again.
#[derive(Default)]
struct Decoder {
    clean: Vec<u8>,
    der: Vec<u8>,
}

impl Decoder {
    /// Decodes up to so many characters, a multiple of four, or up to a hyphen; nothing where it is no base64. And whether
    /// there were as many, or the hyphen.
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

    /// A root that browsers ship stands for a certificate; only its own names matter here.
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
            element(0x04, &vec![7; padding]),
        ];
        element(0x30, &element(0x30, &body.concat()))
    }

    #[test]
    fn the_issuer_is_found_wherever_it_stands() {
        let wanted = certificate(b"wanted", 900);
        let long = certificate(&[b'x'; 2000], 10);
        let chain = [CertificateDer::from(wanted.clone()), CertificateDer::from(long.clone())];
        let mut bundle = String::new();
        for index in 0..200 {
            bundle.push_str(&format!("# a comment {index}\n{}", pem(&certificate(b"another", index * 7), 64)));
        }
        bundle.push_str(&"# a long comment".repeat(4000));
        bundle.push('\n');
        let found = |text: &str| issuers_in(text.as_bytes(), CHUNK, &chain).unwrap();
        assert!(found(&bundle).is_empty());
        for width in [64, 76, 4096] {
            let text = format!("{}{bundle}{}{bundle}", pem(&long, width), pem(&wanted, width));
            assert_eq!(found(&text), [CertificateDer::from(long.clone()), CertificateDer::from(wanted.clone())]);
        }
        assert!(found("-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n").is_empty());
    }
}
