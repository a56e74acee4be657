//! Bundles of trusted certificates, in PEM: the roots of this machine, and the bundle that the ready line names.

use std::env;
use std::path::{Path, PathBuf};

use acs_identity_emulator::trust::bundle::{join, read};
use base64::Engine as _;

use crate::system::platform::Platform;
use crate::transport::tls::trust;
use crate::transport::tls::trust::BUNDLE_VARIABLES;

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

/// Returns the bundle that the ready line names: the root certificates of this machine, the certificates that the
/// environment names, and the emulator's authority. Files in the emulator's own folder are left out, because it
/// contains the bundle of an earlier start.
pub(crate) fn bundle(authority: &str, own_folder: &Path) -> String {
    let own = own_folder.canonicalize().ok();
    let named = BUNDLE_VARIABLES.iter().chain(&["SSL_CERT_FILE"]).find_map(|name| {
        let path = PathBuf::from(env::var_os(name)?).canonicalize().ok()?;
        let is_own = own.as_ref().is_some_and(|own| path.starts_with(own));
        if is_own { None } else { read(&path).ok() }
    });
    join([system().as_str(), named.as_deref().unwrap_or_default(), authority])
}
