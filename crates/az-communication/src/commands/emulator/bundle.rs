//! Bundles of certificates: the roots that are trusted already, and the emulator's authority.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::client;

/// Where systems keep the bundle of their roots.
const SYSTEM_BUNDLES: [&str; 6] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/local/share/certs/ca-root-nss.crt",
];

/// The roots that are trusted now, as PEM, and ours.
pub(super) fn bundle_with(ca_certificate: &str) -> Vec<u8> {
    let named = client::BUNDLE_VARIABLES.iter().filter_map(env::var_os);
    let files = named.map(PathBuf::from).chain(SYSTEM_BUNDLES.iter().map(PathBuf::from));
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
    for certificate in rustls_native_certs::load_native_certs().certs {
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
