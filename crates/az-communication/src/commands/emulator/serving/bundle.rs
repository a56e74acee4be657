//! Bundles of trusted certificates, in PEM: the roots of this machine, and the bundle that the ready line names.

use std::env;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use acs_identity_emulator::trust::bundle::{join, read};
use base64::Engine as _;

use crate::system;
use crate::system::platform::Platform;
use crate::transport::tls::trust;
use crate::transport::tls::trust::BUNDLE_VARIABLES;

/// Returns the root certificates of this machine.
pub(crate) fn system() -> String {
    first_readable(&machine_files()).map_or_else(machine_roots, |(_, text)| text)
}

/// Returns the bundle files that this machine has.
fn machine_files() -> Vec<PathBuf> {
    Platform::HERE.bundles().iter().filter_map(|path| Path::new(path).canonicalize().ok()).collect()
}

/// Returns the first file that can be read, and its content.
fn first_readable(paths: &[PathBuf]) -> Option<(&Path, String)> {
    paths.iter().find_map(|path| Some((path.as_path(), read(path).ok()?)))
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

/// The files with the certificates that a user of this machine trusts already.
pub(crate) struct Sources {
    /// The bundles of the system. The first one that can be read is used.
    machine: Vec<PathBuf>,
    /// The files that the environment names. The first one that can be read is used.
    named: Vec<PathBuf>,
}

impl Sources {
    /// Finds the files. Files in the emulator's own folder are left out, because it contains the bundle of an earlier
    /// start.
    pub(crate) fn find(own_folder: &Path) -> Self {
        let own = own_folder.canonicalize().ok();
        let named = BUNDLE_VARIABLES.iter().chain(&["SSL_CERT_FILE"]).filter_map(|name| {
            let path = PathBuf::from(env::var_os(name)?).canonicalize().ok()?;
            let is_own = own.as_ref().is_some_and(|own| path.starts_with(own));
            (!is_own).then_some(path)
        });
        Self { machine: machine_files(), named: named.collect() }
    }

    /// Returns the bundle that the ready line names: the root certificates of this machine, the certificates that the
    /// environment names, and the emulator's authority.
    pub(crate) fn join(&self, authority: &str) -> String {
        let machine = first_readable(&self.machine);
        let of_machine = machine.as_ref().map(|(path, _)| *path);
        // The file of the machine need not be read twice.
        let named = self.named.iter().find_map(|path| match of_machine {
            Some(of_machine) if of_machine == path => Some(String::new()),
            _ => read(path).ok(),
        });
        let machine = machine.map_or_else(machine_roots, |(_, text)| text);
        join([machine.as_str(), named.as_deref().unwrap_or_default(), authority])
    }

    /// Returns a number that changes when one of the files or the authority changes, or `None` if this cannot be seen
    /// without reading the certificates.
    pub(crate) fn state(&self, authority: &str) -> Option<u64> {
        if self.machine.is_empty() {
            return None;
        }
        // If another version of the program hashes differently, the bundle is made again.
        let mut hasher = DefaultHasher::new();
        authority.hash(&mut hasher);
        for path in self.machine.iter().chain(&self.named) {
            let metadata = path.metadata().ok()?;
            // A folder does not change when a file in it is written.
            if !metadata.is_file() {
                return None;
            }
            (path, system::file_version(&metadata)).hash(&mut hasher);
        }
        Some(hasher.finish())
    }
}

/// Returns the bundle for an emulator with this authority, without the files of that folder.
pub(crate) fn bundle(authority: &str, own_folder: &Path) -> String {
    Sources::find(own_folder).join(authority)
}
