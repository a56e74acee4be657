//! The trusted authorities: the usual ones, or the ones in a bundle that a variable names.

use std::env;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::system::platform::Platform;

/// The source of trust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// The root certificates of browsers, then the certificates of this machine.
    Default,
    /// Only the certificates of a PEM file or a directory.
    Bundle {
        /// The file or directory.
        path: PathBuf,
        /// The variable that names it, such as `REQUESTS_CA_BUNDLE`.
        named_by: &'static str,
    },
}

/// The variables that name a bundle. The first variable that is set wins. These are the variables of Python's requests,
/// which the reference uses. requests does not read OpenSSL's SSL_CERT_FILE.
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
    /// Reads the setting from the environment.
    pub fn from_environment() -> Self {
        BUNDLE_VARIABLES
            .into_iter()
            .find_map(|name| {
                let path = env::var_os(name).filter(|path| !path.is_empty())?;
                Some(Self::Bundle { path: path.into(), named_by: name })
            })
            .unwrap_or(Self::Default)
    }
}

/// The connection string that says to trust the authority of the emulator in the usual data folder.
pub const DEVELOPMENT_EMULATOR: &str = "UseDevelopmentEmulator=true";

/// Returns the certificates of this machine: of its bundle, otherwise of its store. Reading them takes 4 ms
/// (docs/decisions/cryptography.md), so this is done only if all other authorities are unknown. SSL_CERT_FILE and
/// SSL_CERT_DIR, which could replace the bundle, are not read.
pub fn machine_certificates() -> Vec<CertificateDer<'static>> {
    let bundles = Platform::HERE.bundles();
    match bundles.iter().map(Path::new).find(|path| path.is_file()) {
        Some(bundle) => rustls_native_certs::load_certs_from_paths(Some(bundle), None).certs,
        None if bundles.is_empty() => rustls_native_certs::load_native_certs().certs,
        None => rustls_native_certs::load_certs_from_paths(None, Some(Path::new("/etc/ssl/certs"))).certs,
    }
}

/// A function that reads the certificate (PEM) of the authority of this user's own emulator. It returns `None` if there
/// is no such certificate. It is called only for servers on this machine, and only if all other authorities are
/// unknown.
pub type ReadAuthority = fn() -> Option<Vec<u8>>;

/// This user's own emulator, which is trusted in addition to the usual authorities.
#[derive(Debug)]
pub(crate) struct OwnEmulator {
    read: ReadAuthority,
    /// Whether only this emulator's authority vouches for the last server.
    vouches: AtomicBool,
}

impl OwnEmulator {
    pub(crate) fn new(read: ReadAuthority) -> Self {
        Self { read, vouches: AtomicBool::new(false) }
    }

    /// Returns the certificates of its authority. The list is empty if there is no authority.
    pub(crate) fn certificates(&self) -> Vec<CertificateDer<'static>> {
        let pem = (self.read)().unwrap_or_default();
        CertificateDer::pem_slice_iter(&pem).filter_map(Result::ok).collect()
    }

    pub(crate) fn note(&self, vouches: bool) {
        self.vouches.store(vouches, Ordering::Relaxed);
    }

    pub(crate) fn vouches(&self) -> bool {
        self.vouches.load(Ordering::Relaxed)
    }
}
