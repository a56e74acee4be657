//! Whom to trust: the usual authorities, or those that a variable names.

use std::env;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::system::platform::Platform;

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
}

/// What says that the authority of the emulator in the usual data folder is to be trusted: the connection string.
pub const DEVELOPMENT_EMULATOR: &str = "UseDevelopmentEmulator=true";

/// The certificates of this machine: its bundle, else its store. Reading them takes 4 ms (docs/decisions/cryptography.md), so
/// it is done only when nothing else helped. SSL_CERT_FILE and SSL_CERT_DIR, which would take the place of a bundle, are not
/// asked.
pub fn machine_certificates() -> Vec<CertificateDer<'static>> {
    let bundles = Platform::HERE.bundles();
    match bundles.iter().map(Path::new).find(|path| path.is_file()) {
        Some(bundle) => rustls_native_certs::load_certs_from_paths(Some(bundle), None).certs,
        None if bundles.is_empty() => rustls_native_certs::load_native_certs().certs,
        None => rustls_native_certs::load_certs_from_paths(None, Some(Path::new("/etc/ssl/certs"))).certs,
    }
}

/// Reads the certificate (PEM) of the authority of this user's own emulator; `None` where there is none. It is called only
/// when nothing else helped, and only for servers on this machine.
pub type ReadAuthority = fn() -> Option<Vec<u8>>;

/// This user's own emulator, which is trusted beside the usual authorities.
#[derive(Debug)]
pub(crate) struct OwnEmulator {
    read: ReadAuthority,
    /// Whether it alone vouches for the last server.
    vouches: AtomicBool,
}

impl OwnEmulator {
    pub(crate) fn new(read: ReadAuthority) -> Self {
        Self { read, vouches: AtomicBool::new(false) }
    }

    /// The certificate of its authority, where there is one.
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
