//! The files with which clients trust the emulator. The program that starts the emulator writes them, and knows their
//! paths.

use std::path::PathBuf;

/// The paths of these files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustFiles {
    /// The certificate of the emulator's authority.
    pub certificate: Option<PathBuf>,
    /// The roots of the machine and the emulator's authority.
    pub bundle: Option<PathBuf>,
    /// The same for Java.
    pub java_trust_store: Option<PathBuf>,
}
