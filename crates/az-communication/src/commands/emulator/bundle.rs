//! Bundles of certificates: the roots that are trusted already, and the emulator's authority.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::client;

/// The roots that are trusted now, as PEM, and ours.
pub(super) fn bundle_with(ca_certificate: &str) -> Vec<u8> {
    let named = client::BUNDLE_VARIABLES.iter().chain(&["SSL_CERT_FILE"]).filter_map(env::var_os);
    let files = named.map(PathBuf::from).chain(client::SYSTEM_BUNDLES.iter().map(PathBuf::from));
    let mut bundle = files.filter_map(|path| read_bundle(&path)).next().unwrap_or_else(machine_roots);
    if !bundle.ends_with(b"\n") {
        bundle.push(b'\n');
    }
    bundle.extend_from_slice(ca_certificate.as_bytes());
    bundle
}

fn read_bundle(path: &Path) -> Option<Vec<u8>> {
    fs::read(path).ok().filter(|bytes| !bytes.is_empty())
}

/// The roots of a machine that has no bundle file.
fn machine_roots() -> Vec<u8> {
    use base64::Engine as _;
    let mut pem = String::new();
    for certificate in client::machine_certificates() {
        let encoded = base64::engine::general_purpose::STANDARD.encode(&certificate);
        pem.push_str("-----BEGIN CERTIFICATE-----\n");
        for line in encoded.as_bytes().chunks(64) {
            pem.push_str(&String::from_utf8_lossy(line));
            pem.push('\n');
        }
        pem.push_str("-----END CERTIFICATE-----\n");
    }
    pem.into_bytes()
}
