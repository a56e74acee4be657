//! A bundle of certificates: a PEM file, or a directory with files under OpenSSL's hashed names.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use rustls::pki_types::CertificateDer;

use crate::system::system_text;
use crate::system::{self, Special};
use crate::transport::tls::bundle_error::{BundleError, BundleFault};
use crate::transport::tls::bundle_scan::{self, CHUNK};
use crate::transport::x509::name::canonical;
use crate::transport::x509::{certificate as x509, pem};

/// The maximum size in bytes. It is larger than all authorities of the world together.
const MOST: u64 = 64 * 1024 * 1024;

/// A certificate of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Anchor {
    pub(crate) der: CertificateDer<'static>,
    /// Whether OpenSSL's trust settings in the bundle forbid it to vouch for servers.
    pub(crate) is_distrusted: bool,
}

/// A bundle that can be read.
#[derive(Debug)]
pub(crate) struct Bundle {
    path: PathBuf,
    named_by: &'static str,
    source: Source,
}

#[derive(Debug)]
enum Source {
    /// The file, and the bytes at its start.
    File(File, Vec<u8>),
    Directory,
}

impl Bundle {
    /// Opens the bundle, and reads enough of it to know that it contains a certificate.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or when it contains no certificate.
    pub(crate) fn open(path: &Path, named_by: &'static str) -> Result<Self, BundleError> {
        let source = open(path).map_err(|fault| BundleError { named_by, path: path.to_owned(), fault })?;
        Ok(Self { path: path.to_owned(), named_by, source })
    }

    /// Returns the certificates whose names are byte for byte the issuer or the subject of a certificate in the chain.
    /// It reads the file to its end, so it can be called only once.
    pub(crate) fn likely(&mut self, chain: &[CertificateDer<'_>]) -> Result<Vec<Anchor>, BundleError> {
        let found = match &mut self.source {
            Source::Directory => in_directory(&self.path, chain).map(|found| found.into_iter().map(anchor).collect()),
            Source::File(file, start) => bundle_scan::issuers_in(file, std::mem::take(start), chain)
                .map(|found| found.into_iter().map(|der| Anchor { der, is_distrusted: false }).collect()),
        };
        found.map_err(|error| self.unreadable(&error))
    }

    /// Does the same with OpenSSL's comparison of names and for all kinds of PEM. It reads the whole bundle.
    pub(crate) fn possible(&self, chain: &[CertificateDer<'_>]) -> Result<Vec<Anchor>, BundleError> {
        let blocks = match &self.source {
            Source::Directory => in_directory(&self.path, chain),
            Source::File(..) => File::open(&self.path).and_then(read).map(|text| pem::blocks(&text)),
        };
        let wanted = names(chain);
        let is_wanted =
            |der: &[u8]| x509::parse(der).is_some_and(|certificate| wanted.contains(&canonical(certificate.subject)));
        let blocks = blocks.map_err(|error| self.unreadable(&error))?;
        Ok(blocks.into_iter().filter(|block| block.certificate().is_some_and(is_wanted)).map(anchor).collect())
    }

    fn unreadable(&self, error: &io::Error) -> BundleError {
        let fault = BundleFault::Unreadable(system_text(error));
        BundleError { named_by: self.named_by, path: self.path.clone(), fault }
    }
}

/// Converts a block. The block must be a certificate.
fn anchor(block: pem::Block) -> Anchor {
    let der = block.certificate().unwrap_or_default().to_vec().into();
    Anchor { der, is_distrusted: !block.may_vouch_for_servers() }
}

/// Returns the issuers and subjects of the chain in the form that OpenSSL compares.
fn names(chain: &[CertificateDer<'_>]) -> Vec<Vec<u8>> {
    let mut names: Vec<Vec<u8>> = Vec::new();
    for certificate in chain.iter().filter_map(|der| x509::parse(der)) {
        names.extend([canonical(certificate.issuer), canonical(certificate.subject)]);
    }
    names.sort();
    names.dedup();
    names
}

/// Returns the certificates that OpenSSL finds in a directory. For each name, these are the files HASH.0, HASH.1 and so
/// on.
fn in_directory(path: &Path, chain: &[CertificateDer<'_>]) -> io::Result<Vec<pem::Block>> {
    let mut found = Vec::new();
    for name in names(chain) {
        let digest = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, &name);
        let hash = digest.as_ref().iter().take(4).rev().fold(0, |hash: u32, byte| (hash << 8) | u32::from(*byte));
        for number in 0.. {
            let file = path.join(format!("{hash:08x}.{number}"));
            match fs::metadata(&file) {
                Ok(metadata) if metadata.is_file() => {
                    found.extend(
                        pem::blocks(&read(File::open(&file)?)?)
                            .into_iter()
                            .filter(|block| block.certificate().is_some()),
                    );
                }
                Ok(_) => {}
                Err(_) => break,
            }
        }
    }
    Ok(found)
}

fn read(file: File) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    file.take(MOST).read_to_end(&mut text)?;
    Ok(text)
}

fn open(path: &Path) -> Result<Source, BundleFault> {
    let fault = |error: io::Error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => BundleFault::Missing,
        _ => BundleFault::Unreadable(system_text(&error)),
    };
    // The kind of file is checked first, because opening a pipe could block for ever.
    let metadata = fs::metadata(path).map_err(fault)?;
    if metadata.is_dir() {
        let mut entries = fs::read_dir(path).map_err(fault)?;
        let is_hashed = entries.any(|entry| entry.is_ok_and(|entry| is_hash(&entry.file_name().to_string_lossy())));
        return if is_hashed { Ok(Source::Directory) } else { Err(BundleFault::NotHashed) };
    }
    if !metadata.is_file() {
        return Err(BundleFault::NotAFile(kind(&metadata)));
    }
    if metadata.len() > MOST {
        return Err(BundleFault::TooLarge);
    }
    let mut file = File::open(path).map_err(fault)?;
    // The extra byte makes the end of the file visible without a larger buffer.
    let size = usize::try_from(metadata.len()).unwrap_or(CHUNK) + 1;
    let mut start = vec![0; size.clamp(1024, CHUNK)];
    let filled = file.read(&mut start).map_err(fault)?;
    start.truncate(filled);
    if bundle_scan::begins_with_certificate(&start) {
        return Ok(Source::File(file, start));
    }
    let text = File::open(path).and_then(read).map_err(fault)?;
    if pem::blocks(&text).iter().any(|block| block.certificate().is_some_and(|der| x509::parse(der).is_some())) {
        return Ok(Source::File(file, start));
    }
    Err(fault_without_certificate(&text))
}

/// Checks whether a file has a hashed name, such as `5ed36f99.0`.
fn is_hash(name: &str) -> bool {
    name.split_once('.').is_some_and(|(hash, number)| {
        hash.len() == 8
            && hash.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'))
            && !number.is_empty()
            && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

fn kind(metadata: &fs::Metadata) -> &'static str {
    match system::special(metadata) {
        Some(Special::Fifo) => "a pipe",
        Some(Special::Socket) => "a socket",
        Some(Special::Device) => "a device",
        None => "something else",
    }
}

/// Returns what a file without a certificate is.
fn fault_without_certificate(text: &[u8]) -> BundleFault {
    let blocks = pem::blocks(text);
    match text {
        [] => BundleFault::Empty,
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => BundleFault::Utf16,
        _ if blocks.iter().any(pem::Block::is_certificate) => BundleFault::Damaged,
        _ if !blocks.is_empty() => {
            let mut labels: Vec<String> = blocks
                .iter()
                .map(|block| acs_identity_protocol::visible::escaped(&block.label).chars().take(40).collect())
                .collect();
            labels.dedup();
            labels.truncate(4);
            BundleFault::OtherPem(labels)
        }
        _ if x509::parse(text).is_some() => BundleFault::Der,
        _ if text.iter().all(u8::is_ascii_whitespace) => BundleFault::Empty,
        _ if text.iter().any(|byte| *byte < b' ' && !byte.is_ascii_whitespace()) => BundleFault::Binary,
        _ => BundleFault::Text,
    }
}
