//! The trusted root certificates of this machine, in PEM.

use std::path::Path;

use acs_identity_emulator::trust::bundle::read;
use base64::Engine as _;

use crate::system::platform::Platform;
use crate::transport::tls::trust;

/// Returns the root certificates of this machine.
pub(crate) fn system() -> String {
    Platform::HERE.bundles().iter().find_map(|path| read(Path::new(path)).ok()).unwrap_or_else(machine_roots)
}

/// Returns the root certificates of a machine that has no bundle file.
fn machine_roots() -> String {
    let mut pem = String::new();
    for certificate in trust::machine_certificates() {
        let encoded = base64::engine::general_purpose::STANDARD.encode(&certificate);
        pem.push_str("-----BEGIN CERTIFICATE-----\n");
        for line in encoded.as_bytes().chunks(64) {
            pem.push_str(&String::from_utf8_lossy(line));
            pem.push('\n');
        }
        pem.push_str("-----END CERTIFICATE-----\n");
    }
    pem
}
